// For the type checker only: what the classic script puts into a page.

/** The library. */
declare const TvoxWidget: typeof import("tvox-widget");

/** With `data-compat` the library's names stand beside it; this is the one that the demos use. */
declare const Widget: typeof import("tvox-widget").Widget;
