import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-FUZGAMSM.js";import"./chunk-6VEUMVMR.js";import"./chunk-6RE52443.js";import"./chunk-4VU2OAOT.js";import"./chunk-UWAGFQRI.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
