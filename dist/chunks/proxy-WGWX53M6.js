import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-7KRX6A5N.js";import"./chunk-EKS4OGK3.js";export{a as proxiedFetch};
