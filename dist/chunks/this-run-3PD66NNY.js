import{createRequire}from'node:module';const require=createRequire(import.meta.url);
import{a as r}from"./chunk-EKS4OGK3.js";async function i(){try{let{context:n}=await import("./github-YKBCE4HW.js");if(!Number.isSafeInteger(n.runId))return;let{owner:e,repo:t}=n.repo;return`${n.serverUrl}/${e}/${t}/actions/runs/${n.runId}`}catch{return}}r(i,"thisRun");export{i as thisRun};
