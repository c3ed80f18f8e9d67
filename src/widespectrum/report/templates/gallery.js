"use strict";
// Orders and filters the gallery; see listing.js.
(() => {
  const gallery = document.getElementById("gallery");
  const { cards: facts, atOnce } = JSON.parse(document.getElementById("gallery-data").textContent);
  const list = gallery.querySelector(".cards");
  listing({
    section: gallery,
    list,
    items: Array.from(list.children, (node, position) => ({ node, ...facts[position] })),
    orders: {
      worst: byMeasure("disobedience", -1),
      best: byMeasure("disobedience", 1),
      id: (a, b) => byId(a.id, b.id),
    },
    order: "order",
    fits: (card, chosen) => {
      const verdict = chosen("verdict");
      const dimension = chosen("dimension");
      const generator = chosen("generator");
      return (
        card.scorer === Number(chosen("scorer")) &&
        (!verdict || card.obeyed === (verdict === "obeyed")) &&
        (!dimension || card.dimensions.includes(dimension)) &&
        (!generator || card.generator === generator)
      );
    },
    atOnce,
    noun: "pairs",
  });
})();
