/** The page's style sheets; those of what reports have not too. */
import "./base.css";
import "./layout.css";
import "./parts.css";
import "./tree.css";
import "./table.css";
import "./details.css";
import "./map.css";
import "./pages.css";
import "./work.css";
import "./queue.css";
import "./runs.css";
import "./start.css";
import "./log.css";
import "./access.css";
import "./narrow.css";
import "./print.css";
