/* The search works in a Worker, and browsers start none for a page that was opened from a file. This runs the worker's
   script in a hidden frame instead: as a Worker does, it takes messages by `postMessage` and hands back what the script
   posts. Elsewhere it changes nothing.

   The theme's script asks for the name IFrameWorker, and inside the frame for the element that loaded it. There
   `importScripts` returns a promise, for a page cannot wait for a script as a worker can. */
(() => {
  "use strict";

  if (location.protocol !== "file:") return;

  const load = (frame, address) =>
    new Promise((resolve, reject) => {
      const script = frame.contentDocument.createElement("script");
      script.src = address;
      script.onload = () => resolve();
      script.onerror = () => reject(new Error(`${address} cannot be read`));
      frame.contentDocument.body.append(script);
    });

  class IFrameWorker extends EventTarget {
    #frame = document.createElement("iframe");
    #started;

    constructor(address) {
      super();
      this.#frame.hidden = true;
      this.#frame.title = "Worker";
      document.body.append(this.#frame);
      const inside = this.#frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) }));
      inside.importScripts = async (...addresses) => {
        for (const each of addresses) await load(this.#frame, each); // in order: each may need those before it
      };
      this.#started = load(this.#frame, new URL(address, document.baseURI).href);
      this.#started.catch((error) => this.dispatchEvent(new ErrorEvent("error", { error, message: error.message })));
    }

    async postMessage(data) {
      const copy = structuredClone(data); // as it is now, not when the script is there
      await this.#started;
      this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data: copy }));
    }

    terminate() {
      this.#frame.remove();
    }
  }

  self.IFrameWorker = self.Worker = IFrameWorker;
})();
