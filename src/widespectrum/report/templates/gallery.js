"use strict";
// Orders and filters the gallery. It moves and hides the cards that are in the page and makes none,
// so no text from outside is ever read as markup.
(() => {
  const gallery = document.getElementById("gallery");
  const { cards: facts, atOnce } = JSON.parse(document.getElementById("gallery-data").textContent);
  const list = gallery.querySelector(".cards");
  const cards = Array.from(list.children, (node, position) => ({ node, ...facts[position] }));
  const form = gallery.querySelector("form");
  const shown = gallery.querySelector(".shown");
  const noneLeft = gallery.querySelector(".none-left");
  const more = gallery.querySelector(".more");
  const byId = new Intl.Collator("en", { numeric: true }).compare;
  let room = atOnce;

  // Pairs without a measure come last in either direction.
  const byDisobedience = (sign) => (a, b) => {
    if (a.disobedience === null || b.disobedience === null) {
      return (a.disobedience === null) - (b.disobedience === null) || byId(a.id, b.id);
    }
    return sign * (a.disobedience - b.disobedience) || byId(a.id, b.id);
  };
  const orders = {
    worst: byDisobedience(-1),
    best: byDisobedience(1),
    id: (a, b) => byId(a.id, b.id),
  };

  const chosen = (name) => (form.elements[name] ? form.elements[name].value : "");

  const fits = (card) => {
    const verdict = chosen("verdict");
    const dimension = chosen("dimension");
    const generator = chosen("generator");
    return (
      card.scorer === Number(chosen("scorer")) &&
      (!verdict || card.obeyed === (verdict === "obeyed")) &&
      (!dimension || card.dimensions.includes(dimension)) &&
      (!generator || card.generator === generator)
    );
  };

  const show = () => {
    const wanted = cards.filter(fits).sort(orders[chosen("order")]);
    const rest = new Set(cards);
    const order = document.createDocumentFragment();
    wanted.forEach((card, position) => {
      rest.delete(card);
      card.node.hidden = position >= room;
      order.append(card.node);
    });
    rest.forEach((card) => {
      card.node.hidden = true;
      order.append(card.node);
    });
    list.append(order);
    const visible = Math.min(room, wanted.length);
    shown.textContent = `${visible} of ${wanted.length} pairs`;
    noneLeft.hidden = wanted.length > 0;
    more.hidden = visible === wanted.length;
  };

  form.addEventListener("change", () => {
    room = atOnce;
    show();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  more.querySelector("button").addEventListener("click", () => {
    room += atOnce;
    show();
  });
  form.querySelector("fieldset").disabled = false;
  show();
})();
