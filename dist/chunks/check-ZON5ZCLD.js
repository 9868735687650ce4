import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-NAAI7N2C.js";import"./chunk-UAJTNCR4.js";import"./chunk-LUJMNLVE.js";import"./chunk-CX2MCX5C.js";import"./chunk-3EUOYJ7T.js";import"./chunk-JSJR2SVC.js";import"./chunk-MPVYZUWH.js";import"./chunk-4VU2OAOT.js";import"./chunk-UWAGFQRI.js";import"./chunk-EKS4OGK3.js";export{a as check};
