import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a as e}from"./chunk-EKS4OGK3.js";function o(n,r){return n.cancel.aborted?r.lastAzureDevOps():r.azureDevOps}e(o,"workingAzureDevOps");function t(){return{receipts:[],failures:new Map,pats:[],listed:[],...{bot:void 0,minted:void 0,verification:void 0},plan:[]}}e(t,"newJournal");export{o as a,t as b};
