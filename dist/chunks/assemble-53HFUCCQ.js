import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-WKR35O5J.js";import"./chunk-KV2BVAY2.js";import"./chunk-EXELYRCU.js";import"./chunk-N3SMM2FB.js";import"./chunk-R7G347H2.js";import"./chunk-LSOQJEOD.js";import"./chunk-4VU2OAOT.js";import"./chunk-P3GIYVQI.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
