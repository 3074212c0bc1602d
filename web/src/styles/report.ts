/** The style sheets of reports, in which there is nothing to start, to review or to administer. */
import "./base.css";
import "./layout.css";
import "./parts.css";
import "./tree.css";
import "./table.css";
import "./details.css";
import "./map.css";
import "./pages.css";
import "./work.css";
import "./narrow.css";
import "./print.css";
