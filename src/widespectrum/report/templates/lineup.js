"use strict";
// Orders and filters the rows of pictures (see listing.js), and shows one picture large, where the
// arrow keys flip through the models in one place. Texts are copied as text, so nothing from outside
// is ever read as markup.
(() => {
  const section = document.getElementById("lineup");
  const { rows: facts, atOnce } = JSON.parse(document.getElementById("lineup-data").textContent);
  const list = section.querySelector(".lines-of-pictures");
  const rows = Array.from(list.children, (node, position) => ({ node, ...facts[position] }));
  const lines = listing({
    section,
    list,
    items: rows,
    orders: {
      most: byMeasure("smoothed", -1),
      least: byMeasure("smoothed", 1),
      id: (a, b) => byId(a.id, b.id),
    },
    order: "line-order",
    fits: (row, chosen) => {
      const agreement = chosen("line-agreement");
      const dimension = chosen("line-dimension");
      return (
        (!agreement || row.agreement === agreement) &&
        (!dimension || row.dimensions.includes(dimension))
      );
    },
    atOnce,
    noun: "prompts",
  });

  // One picture, large.
  const viewer = section.querySelector(".viewer");
  const large = viewer.querySelector("img");
  const parts = Object.fromEntries(
    ["prompt", "name", "place"].map((name) => [name, viewer.querySelector(`.viewer-${name}`)]),
  );
  let place = { row: null, pose: 0 };

  const zooms = (row) => Array.from(row.node.querySelectorAll(".zoom"));

  const put = () => {
    const all = zooms(place.row);
    place.pose = (place.pose + all.length) % all.length;
    const zoom = all[place.pose];
    const pose = zoom.closest(".pose");
    const small = zoom.querySelector("img");
    const asked = pose.classList.contains("of-plain") ? ".plain .prompt" : ".prompt";
    large.src = small.src;
    large.alt = small.alt;
    large.className = small.className;
    parts.prompt.textContent = place.row.node.querySelector(`.line-words ${asked}`).textContent;
    parts.name.textContent = Array.from(pose.querySelectorAll("p"), (p) => p.textContent.trim())
      .filter(Boolean)
      .join(" · ");
    parts.place.textContent = `${place.pose + 1} of ${all.length}`;
  };

  const enlarge = (row, pose) => {
    if (!zooms(row).length) {
      return;
    }
    place = { row, pose };
    put();
    if (!viewer.open) {
      viewer.showModal();
    }
  };

  const rowOf = (node) => rows.find((row) => row.node.contains(node));
  const turn = (step) => {
    place.pose += step;
    put();
  };

  list.addEventListener("click", (event) => {
    const zoom = event.target.closest(".zoom");
    if (zoom) {
      event.preventDefault();
      const row = rowOf(zoom);
      enlarge(row, zooms(row).indexOf(zoom));
    }
  });
  viewer.querySelector("[name=back]").addEventListener("click", () => turn(-1));
  viewer.querySelector("[name=on]").addEventListener("click", () => turn(1));
  viewer.querySelector("[name=close]").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) {
      viewer.close();
    }
  });

  // The row after or before, of those that are chosen.
  const neighbour = (row, step) => lines.at(lines.wanted().indexOf(row) + step);

  const typing = (node) => node.closest && node.closest("input, select, textarea");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
      return;
    }
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (viewer.open) {
      const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (side) {
        turn(side);
      } else if (step) {
        enlarge(neighbour(place.row, step), place.pose);
      } else {
        return;
      }
      event.preventDefault();
      return;
    }
    const here = rowOf(document.activeElement);
    if ((event.key === "j" || event.key === "k") && lines.wanted().length) {
      const next = here ? neighbour(here, step) : lines.at(0);
      next.node.focus({ preventScroll: true });
      next.node.scrollIntoView({ block: "start" });
      event.preventDefault();
    } else if (event.key === "Enter" && here && here.node === document.activeElement) {
      enlarge(here, zooms(here).length > 1 ? 1 : 0);
      event.preventDefault();
    }
  });
  viewer.addEventListener("close", () => {
    if (place.row && !place.row.node.hidden) {
      place.row.node.focus();
    }
  });
})();
