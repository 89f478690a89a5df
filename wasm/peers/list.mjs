// node list.mjs: the shared cases in our form, for the measurements in Go.
import { cases, facts } from "./cases.mjs";

console.log(JSON.stringify(cases.map((c) => facts(c))));
