import { useEffect, useState } from "preact/hooks";
import type { Exported } from "../../exports/shown";
import type { Sheet } from "../../exports/tabular";
import {
  FORMAT_NAMES,
  PICTURE_FORMATS,
  type PictureFormat,
  SHEET_FORMATS,
  type SheetFormat,
} from "../../exports/formats";
import { type Exports, loadExports } from "../../exports/load";
import type { DensityMapHandle } from "../../map/props";
import { sizesQuery } from "../../model/filtering";
import { Icon } from "../../parts/Icon";
import { Popover } from "../../parts/Popover";
import { pictureColours } from "../../parts/theme";
import type { ExportWhat } from "../../source/source";

interface Props {
  readonly exported: Exported;
  /** The map, where it is shown. */
  readonly map: () => DensityMapHandle | null;
}

/** Files of what is shown, each with where it comes from; nothing where the person's role is to look alone. */
export function ExportMenu(props: Props) {
  const { source, may } = props.exported.opened;
  return source.live && !may.has("export") ? null : <Menu {...props} />;
}

function Menu(props: Props) {
  return (
    <Popover
      className="export"
      label={
        <>
          <Icon name="download" /> Export
        </>
      }
    >
      {() => <Choices {...props} />}
    </Popover>
  );
}

/** Hands over a file of `what`, and tells the server. */
type Take = (
  what: string,
  format: SheetFormat | PictureFormat,
  make: (exports: Exports, name: string) => Promise<void> | void,
) => void;

function Choices(props: Props) {
  const { source, atlas } = props.exported.opened;
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => void loadExports().catch(() => undefined), []);
  const take: Take = (what, format, make) => {
    const taken = async () => {
      const exports = await loadExports();
      await make(exports, exports.fileName(atlas, what));
      source.exported(atlas.id, what, format);
    };
    setProblem(null);
    taken().catch((error: unknown) =>
      setProblem(error instanceof Error ? error.message : "The file could not be made."),
    );
  };
  return (
    <>
      <AsShown {...props} take={take} />
      <Pictures {...props} take={take} />
      <FromServer exported={props.exported} />
      {problem && <p class="warning">{problem}</p>}
    </>
  );
}

type Make<Made> = (exports: Exports) => Made | Promise<Made>;

function AsShown({ exported, take }: Props & { take: Take }) {
  const { compare, cluster, view } = exported.state;
  const line = (title: string, what: string, make: Make<Sheet>) => (
    <Line
      title={title}
      formats={SHEET_FORMATS}
      onTake={(format) =>
        take(what, format, async (exports, name) =>
          exports.takeSheet(name, format, await make(exports), exports.provenanceOf(exported)),
        )
      }
    />
  );
  return (
    <section>
      <h2>As shown</h2>
      {line("Clusters of this level", "clusters-shown", (made) => made.shownClusters(exported))}
      {line("Tree, all levels", "tree", (made) => made.shownTree(exported))}
      {compare && line("Comparison", "comparison", (made) => made.comparedSheet(exported, compare))}
      {line(cluster ? "Selected cluster" : "Everything together", "details", (made) =>
        made.shownDetails(exported),
      )}
      {view === "privacy" && line("Privacy", "privacy", (made) => made.privacySheet(exported))}
    </section>
  );
}

function Pictures({ exported, map, take }: Props & { take: Take }) {
  const { compare, cluster, view } = exported.state;
  const line = (title: string, what: string, make: Make<string>) => (
    <Line
      title={title}
      formats={PICTURE_FORMATS}
      onTake={(format) =>
        take(what, format, async (exports, name) => exports.takePicture(name, format, await make(exports)))
      }
    />
  );
  const shownMap = map();
  const takeMap = (from: DensityMapHandle, format: PictureFormat) => {
    const options = loadExports().then((made) => ({ caption: made.captionOf(exported).join(" ") }));
    const drawn = format === "svg" ? from.exportSvg(options) : from.exportPng(options);
    for (const one of [options, drawn]) one.catch(() => undefined); // told by what waits for them below
    take("map", format, async (exports, name) =>
      exports.download(`${name}.${format}`, await drawn, exports.TYPES[format]),
    );
  };
  return (
    <section>
      <h2>Pictures</h2>
      {shownMap && (
        <Line title="Map" formats={PICTURE_FORMATS} onTake={(format) => takeMap(shownMap, format)} />
      )}
      {line("Tree", "tree", (made) =>
        made.rowsSvg(made.treeRows(exported), made.captionOf(exported), pictureColours()),
      )}
      {line("Table", "table", (made) =>
        made.rowsSvg(made.tableRows(exported), made.captionOf(exported), pictureColours()),
      )}
      {compare &&
        line("Comparison", "comparison", (made) =>
          made.comparedPicture(exported, compare, made.captionOf(exported), pictureColours()),
        )}
      {line(cluster ? "Charts of the cluster" : "Charts of everything", "charts", (made) =>
        made.detailsPicture(exported, made.captionOf(exported), pictureColours()),
      )}
      {view === "privacy" &&
        line("Privacy", "privacy", (made) =>
          made.rowsSvg(made.privacyRows(exported), made.captionOf(exported), pictureColours()),
        )}
    </section>
  );
}

interface LineProps<Format> {
  readonly title: string;
  readonly formats: readonly Format[];
  readonly onTake: (format: Format) => void;
}

function Line<Format extends SheetFormat | PictureFormat>({ title, formats, onTake }: LineProps<Format>) {
  return (
    <div class="export-line">
      <span>{title}</span>
      <span class="button-row">
        {formats.map((format) => (
          <button
            key={format}
            type="button"
            class="button small"
            aria-label={`${title} as ${format.toUpperCase()}`}
            onClick={() => onTake(format)}
          >
            {FORMAT_NAMES[format]}
          </button>
        ))}
      </span>
    </div>
  );
}

function FromServer({ exported }: { exported: Exported }) {
  const { source, atlas, may } = exported.opened;
  const { filter, colour } = exported.state;
  if (!may.has("export")) return null;
  const line = (title: string, what: ExportWhat) => (
    <div class="export-line">
      <span>{title}</span>
      <span class="button-row">
        {SHEET_FORMATS.map((format) => {
          const level = exported.level;
          const query = what === "cells" ? queryOf() : undefined;
          const address = source.exportAddress(atlas.id, what, format, query && { level, ...query });
          return (
            address && (
              <a
                key={format}
                class="button small"
                href={address}
                download
                aria-label={`${title} as ${format}`}
              >
                {FORMAT_NAMES[format]}
              </a>
            )
          );
        })}
      </span>
    </div>
  );
  const queryOf = () =>
    filter ? sizesQuery(filter) : colour.by === "attribute" ? { attribute: colour.attribute } : undefined;
  return (
    <section>
      <h2>Released figures</h2>
      {line("Clusters", "clusters")}
      {queryOf() && line(filter ? "Cells of the filter" : "Cells of the colours", "cells")}
      {line("All cells", "cube")}
      {line("Map", "map")}
    </section>
  );
}
