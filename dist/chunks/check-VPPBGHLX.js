import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-K66T47RA.js";import"./chunk-LNIYBLCR.js";import"./chunk-Q3ZYVKGJ.js";import"./chunk-CX2MCX5C.js";import"./chunk-2TMXXVSS.js";import"./chunk-ORISWTFV.js";import"./chunk-4VU2OAOT.js";import"./chunk-MVLZUMKJ.js";import"./chunk-EKS4OGK3.js";export{a as check};
