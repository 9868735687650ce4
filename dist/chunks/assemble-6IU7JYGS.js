import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-CIHT6INJ.js";import"./chunk-NXISBIYF.js";import"./chunk-HIGDDSXX.js";import"./chunk-QVYAFKYN.js";import"./chunk-TVIUMZC7.js";import"./chunk-MPVYZUWH.js";import"./chunk-EK73ORH5.js";import"./chunk-4VU2OAOT.js";import"./chunk-P3GIYVQI.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
