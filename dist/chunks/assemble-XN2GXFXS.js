import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-NBBL7NI2.js";import"./chunk-KSJODX7V.js";import"./chunk-6GFDZP53.js";import"./chunk-25HZHM34.js";import"./chunk-CQAWM7IZ.js";import"./chunk-LOEG7Y2V.js";import"./chunk-DTKTON6N.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
