import "./styles/page"; // before the map's own
import { ServerSource } from "./source/server";
import { leadToSignIn } from "./source/signing_in";
import { start } from "./start";

void leadToSignIn();
start(new ServerSource(), () => import("./work"));
