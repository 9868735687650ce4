import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-E2R54ECP.js";import"./chunk-ZWVK3OAA.js";import"./chunk-ORISWTFV.js";import"./chunk-4VU2OAOT.js";import"./chunk-MVLZUMKJ.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
