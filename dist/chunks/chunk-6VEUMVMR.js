import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a as e}from"./chunk-EKS4OGK3.js";function o(r,n){return r.cancel.aborted?n.lastAzureDevOps():n.azureDevOps}e(o,"workingAzureDevOps");function t(){return{receipts:[],failures:new Map,pats:[],listed:[],bot:void 0,minted:void 0,mintedAt:void 0,plan:[]}}e(t,"newJournal");export{o as a,t as b};
