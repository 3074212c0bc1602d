const PATHS = {
  search: "M10.5 10.5 14 14M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0Z",
  chevron: "m6 4 4 4-4 4",
  close: "m4 4 8 8M12 4l-8 8",
  download: "M8 2v8m0 0L5 7m3 3 3-3M3 13h10",
  sliders: "M2 5h6m4 0h2M2 11h2m4 0h6M10 3v4M6 9v4",
  edited: "m3 13 1-3.5 7-7 2.5 2.5-7 7zM9.5 4l2.5 2.5",
  folder: "M2 12.5v-9h4l1.5 2H14v7z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  person: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8Zm-5.5 6a5.5 5.5 0 0 1 11 0",
  done: "m3 8.5 3.5 3.5L13 4.5",
  back: "M13 8H3m0 0 4-4M3 8l4 4",
} as const;

/** A small line drawing that says nothing that the text beside it does not. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
