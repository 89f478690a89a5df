// The description of the interface, read by a validator that we did not write.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { start, unlimited } from "./worker.mjs";

let worker;
before(async () => { worker = await start(unlimited); });
after(() => worker?.stop());

for (const form of ["json", "yaml"]) {
  test(`/v1/openapi.${form} is OpenAPI 3.1`, async () => {
    const text = await (await fetch(`${worker.url}/v1/openapi.${form}`)).text();
    const validator = new Validator();
    const { valid, errors } = await validator.validate(text);
    assert.ok(valid, JSON.stringify(errors, null, 1));
    assert.equal(validator.version, "3.1");
    validator.resolveRefs();
  });
}

test("the validator refuses a description that is wrong", async () => {
  const description = await (await fetch(`${worker.url}/v1/openapi.json`)).json();
  delete description.paths["/v1/assess"].post.responses[200];
  description.paths["/v1/assess"].post.requestBody = "none";
  assert.equal((await new Validator().validate(description)).valid, false);
});
