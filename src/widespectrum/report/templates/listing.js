"use strict";
// A list of pairs or prompts that a form orders and filters. It moves and hides what is in the page
// and makes nothing, so no text from outside is ever read as markup.

const byId = new Intl.Collator("en", { numeric: true }).compare;

// In the order of a measure, 1 for rising; what has none comes last in either direction.
const byMeasure = (measure, sign) => (a, b) => {
  if (a[measure] === null || b[measure] === null) {
    return (a[measure] === null) - (b[measure] === null) || byId(a.id, b.id);
  }
  return sign * (a[measure] - b[measure]) || byId(a.id, b.id);
};

// `items` are facts with their `node`, `order` names the form's choice among `orders`, and `fits` is
// asked with an item and the form's choices by name.
const listing = ({ section, list, items, orders, order, fits, atOnce, noun }) => {
  const form = section.querySelector("form");
  const shown = section.querySelector(".shown");
  const noneLeft = section.querySelector(".none-left");
  const more = section.querySelector(".more");
  const chosen = (name) => (form.elements[name] ? form.elements[name].value : "");
  let room = atOnce;
  let wanted = items;

  const show = () => {
    wanted = items.filter((item) => fits(item, chosen)).sort(orders[chosen(order)]);
    const rest = new Set(items);
    const moved = document.createDocumentFragment();
    wanted.forEach((item, position) => {
      rest.delete(item);
      item.node.hidden = position >= room;
      moved.append(item.node);
    });
    rest.forEach((item) => {
      item.node.hidden = true;
      moved.append(item.node);
    });
    list.append(moved);
    const visible = Math.min(room, wanted.length);
    shown.textContent = `${visible} of ${wanted.length} ${noun}`;
    noneLeft.hidden = wanted.length > 0;
    more.hidden = visible === wanted.length;
  };
  const showMore = () => {
    room += atOnce;
    show();
  };

  form.addEventListener("change", () => {
    room = atOnce;
    show();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  more.querySelector("button").addEventListener("click", showMore);
  form.querySelector("fieldset").disabled = false;
  show();

  return {
    wanted: () => wanted,
    // The item at a place among the wanted, or the nearest; more are shown where needed.
    at: (place) => {
      if (place >= room && place < wanted.length) {
        showMore();
      }
      return wanted[Math.min(Math.max(place, 0), wanted.length - 1)];
    },
  };
};
