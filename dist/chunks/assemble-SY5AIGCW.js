import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-JVL2HERU.js";import"./chunk-PUQOX7HW.js";import"./chunk-MZ6FCXC6.js";import"./chunk-XJUU5Y4E.js";import"./chunk-LSOQJEOD.js";import"./chunk-LOEG7Y2V.js";import"./chunk-DTKTON6N.js";import"./chunk-EKS4OGK3.js";export{a as assemble};
