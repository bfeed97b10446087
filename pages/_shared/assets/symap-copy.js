// An address that can be copied with one press; where the browser keeps the clipboard to itself, it is selected instead.
export default function (component) {
  const { address, words, asks } = component.data;
  const root = component.parentElement;
  const [field, button, said] = ["input", "button", "p"].map((tag) => root.querySelector(tag));
  field.value = address;
  field.setAttribute("aria-label", words.address);
  button.textContent = words.copy;
  const say = (text) => { said.textContent = text; };
  const byHand = () => {
    field.focus();
    field.setSelectionRange(0, address.length);
    let done = false;
    try { done = document.execCommand("copy"); } catch { done = false; }
    say(done ? words.copied : words.select);
  };
  button.onclick = () => {
    if (window.isSecureContext && navigator.clipboard) {
      navigator.clipboard.writeText(address).then(() => say(words.copied), byHand);
    } else {
      byHand();
    }
  };
  if (asks) component.setTriggerValue("opened", true);
  field.onfocus = () => field.select();
}
