import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-M6VSZ4TC.js";import"./chunk-LNIYBLCR.js";import"./chunk-XH3NZ7N7.js";import"./chunk-CX2MCX5C.js";import"./chunk-4JYY6LKU.js";import"./chunk-ORISWTFV.js";import"./chunk-4VU2OAOT.js";import"./chunk-MVLZUMKJ.js";import"./chunk-EKS4OGK3.js";export{a as check};
