import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-L4KUZXLF.js";import"./chunk-UAJTNCR4.js";import"./chunk-C5SG4XDK.js";import"./chunk-CX2MCX5C.js";import"./chunk-3NLNXOEN.js";import"./chunk-6RE52443.js";import"./chunk-MPVYZUWH.js";import"./chunk-4VU2OAOT.js";import"./chunk-UWAGFQRI.js";import"./chunk-EKS4OGK3.js";export{a as check};
