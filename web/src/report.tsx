import "./styles/report"; // before the map's own
import { blocksIn } from "./source/blocks";
import { EmbeddedSource } from "./source/embedded";
import { start } from "./start";

const blocks = blocksIn(document);
if (blocks) start(new EmbeddedSource(blocks), null);
