// What is followed on the wire: the newest value (state), or every event (log).
// A topic outlives connections; the wire asks it `since()` and feeds it `answered` and `event`.

/** A topic whose newest value is all that counts. */
export class StateTopic {
  attached = false;
  #rev = -1;

  /**
   * @param {string} name
   * @param {(value: object) => void} apply
   * @param {(error: Error) => void} [ended]  the server will say no more about it
   */
  constructor(name, apply, ended = () => {}) {
    this.name = name;
    this.apply = apply;
    this.ended = ended;
  }

  since() {
    return {};
  }

  answered({ rev, result }) {
    this.#rev = rev ?? -1;
    this.apply(result);
  }

  event({ rev, result }) {
    if (rev !== undefined && rev <= this.#rev) return;
    this.#rev = rev ?? this.#rev;
    this.apply(result);
  }

  detached() {
    this.attached = false;
  }
}

/** A topic of which nothing may be missed, doubled or reordered. */
export class LogTopic {
  attached = false;
  #epoch = null;
  #seq = 0;

  /**
   * @param {string} name
   * @param {{append: (events: object[], backfill: boolean) => void, replace: () => void, passing: (event: object) => void, live?: () => void}} sink
   *   `replace` empties the list: what follows starts from the oldest kept event. `live`: all that was kept has been told.
   * @param {(error: Error) => void} [ended]
   */
  constructor(name, sink, ended = () => {}) {
    this.name = name;
    this.sink = sink;
    this.ended = ended;
  }

  since() {
    return this.#epoch === null ? {} : { since: { epoch: this.#epoch, seq: this.#seq } };
  }

  answered({ epoch, recovered, more, result }) {
    const known = this.#epoch !== null;
    if (known && (recovered === false || epoch !== this.#epoch)) {
      this.#seq = 0;
      this.sink.replace();
    }
    this.#epoch = epoch;
    // The oldest kept event need not be the first: an answer from the start may begin anywhere.
    const fresh = result.filter((event) => event.seq > this.#seq);
    if (fresh.length > 0) {
      this.#seq = fresh.at(-1).seq;
      this.sink.append(fresh, true);
    }
    if (more) return "again";
    this.sink.live?.();
    return "live";
  }

  event({ result }) {
    if (result.seq === undefined) {
      this.sink.passing(result);
      return "live";
    }
    if (result.seq <= this.#seq) return "live";
    if (result.seq !== this.#seq + 1) return "again";
    this.#seq = result.seq;
    this.sink.append([result], false);
    return "live";
  }

  detached() {
    this.attached = false;
  }
}
