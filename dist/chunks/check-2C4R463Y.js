import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-Y3SH3PW6.js";import"./chunk-UAJTNCR4.js";import"./chunk-OPHASXAB.js";import"./chunk-CX2MCX5C.js";import"./chunk-RQN5Z3GE.js";import"./chunk-6RE52443.js";import"./chunk-MPVYZUWH.js";import"./chunk-4VU2OAOT.js";import"./chunk-UWAGFQRI.js";import"./chunk-EKS4OGK3.js";export{a as check};
