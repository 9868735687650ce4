import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a as e}from"./chunk-EKS4OGK3.js";import{appendFile as t}from"node:fs/promises";async function o(r,i){let n=r.GITHUB_STEP_SUMMARY;n===void 0||n===""||await t(n,i,"utf8")}e(o,"writeSummary");export{o as writeSummary};
