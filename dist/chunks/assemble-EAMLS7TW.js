import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-HIXBZNNH.js";import"./chunk-CZN6FFCT.js";import"./chunk-QVYAFKYN.js";import"./chunk-IKUPB2ZR.js";import"./chunk-PUZMALSV.js";import"./chunk-E3S2GYTA.js";import"./chunk-4VU2OAOT.js";import"./chunk-P3GIYVQI.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
