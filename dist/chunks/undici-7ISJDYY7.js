import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a}from"./chunk-GCGGMALT.js";import"./chunk-EKS4OGK3.js";export default a();
