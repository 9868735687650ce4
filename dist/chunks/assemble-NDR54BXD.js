import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-76LOU25Q.js";import"./chunk-NA74KY7B.js";import"./chunk-MJ573JLL.js";import"./chunk-N3SMM2FB.js";import"./chunk-R7G347H2.js";import"./chunk-LSOQJEOD.js";import"./chunk-LOEG7Y2V.js";import"./chunk-P3GIYVQI.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
