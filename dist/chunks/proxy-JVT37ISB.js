import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-S7X4OQF3.js";import"./chunk-EKS4OGK3.js";export{a as proxiedFetch};
