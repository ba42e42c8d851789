// What a form still lacks: told in its line and at its fields, each until it is there.

export class Faults {
  // `tell` shows the words of what is missing, "" for none; `form` is watched for what was missing in its fields.
  constructor(form, tell) {
    this.form = form;
    this.tell = tell;
    this.missing = new Map();
    const look = ({ target }) => this.look(target);
    form.addEventListener("input", look);
    form.addEventListener("change", look);
  }

  // Pairs of what is missing (the name of a field, or a word of the form's own) and its words; answers whether any is.
  set(missing) {
    for (const name of this.missing.keys()) this.mark(name, false);
    this.missing = new Map(missing);
    for (const name of this.missing.keys()) this.mark(name, true);
    this.show();
    return this.missing.size > 0;
  }

  // This is there now.
  clear(...names) {
    const found = names.filter((name) => this.missing.delete(name));
    for (const name of found) this.mark(name, false);
    if (found.length) this.show();
  }

  look({ name, value, minLength }) {
    if (name && value.trim().length >= Math.max(1, minLength ?? 1)) this.clear(name);
  }

  mark(name, is_missing) {
    const field = this.form.elements[name];
    if (!(field instanceof HTMLElement)) return;
    if (is_missing) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  show() {
    this.tell([...this.missing.values()].join(" "));
  }
}
