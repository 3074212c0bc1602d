// A real OpenID Connect provider for the tests: panva's oidc-provider, certified by the OpenID Foundation.
//
// `node provider.js MODULES PORT CONFIGURATION`: MODULES is the folder that holds node_modules, CONFIGURATION is JSON.
// People are whoever they say they are. `POST /test/people` sets what is told of them, `POST /test/answer` what the next
// id token is replaced with, and `POST /test/keys` which keys sign and are published.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [, , modules, port, configuration] = process.argv;
const { resolve } = createRequire(`${modules}/package.json`);
const { default: Provider } = await import(pathToFileURL(resolve("oidc-provider")).href);

const asked = JSON.parse(configuration);
const issuer = `http://127.0.0.1:${port}`;
const people = {};
const answers = [];
let provider = made(asked.keys[0]);

function made(key) {
  return new Provider(issuer, {
    clients: asked.clients,
    jwks: { keys: [key] },
    pkce: { required: () => true },
    scopes: ["openid", "profile", "email", "groups"],
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username"],
      email: ["email", "email_verified"],
      groups: ["groups"],
    },
    conformIdTokenClaims: asked.only_userinfo === true,
    cookies: { keys: ["of the tests"] },
    ttl: { Session: 3600, Grant: 3600, Interaction: 3600, IdToken: 600, AccessToken: 600, AuthorizationCode: 60 },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...(people[sub] ?? {}) }),
    }),
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  });
}

async function body(incoming) {
  let text = "";
  for await (const part of incoming) text += part;
  return text;
}

// Everything goes through here, so that a test can have a token forged on its way.
createServer(async (incoming, outgoing) => {
  if (incoming.url.startsWith("/test/")) {
    const told = JSON.parse(await body(incoming));
    if (incoming.url === "/test/people") Object.assign(people, told);
    if (incoming.url === "/test/answer") answers.push(told);
    if (incoming.url === "/test/keys") provider = made(asked.keys[told.number]);
    outgoing.end("{}");
    return;
  }
  if (incoming.method === "POST" && incoming.url === "/token" && answers.length) {
    const change = answers.shift();
    const write = outgoing.end.bind(outgoing);
    outgoing.end = (text, ...rest) => {
      const found = JSON.parse(text);
      const changed = JSON.stringify({ ...found, ...change });
      outgoing.setHeader("content-length", Buffer.byteLength(changed));
      return write(changed, ...rest);
    };
  }
  provider.callback()(incoming, outgoing);
}).listen(Number(port), "127.0.0.1", () => console.log(issuer));
