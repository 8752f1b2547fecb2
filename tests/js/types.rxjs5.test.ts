// RxJS 5.5 knows an observable of the library for what it is. Compiled, not run.
import { Observable } from "rxjs5";
import type { ConnectionEvent, Widget } from "../../src/js/types";

declare const widget: Widget;
Observable.from(widget.client.connectionEvent).subscribe((event: ConnectionEvent) => event.connected);
