// Reads out what the main phone hears, with the browser's own voices; without a voice for it, the text must do.

const HTML_LANGUAGE = { "cmn-TW": "zh-TW", "cmn-CN": "zh-CN", "yue-HK": "zh-HK", "yue-CN": "zh-HK" };
let isOn = true;

export const htmlLanguage = (tag) => HTML_LANGUAGE[tag] ?? tag ?? "";

export function setSound(on) {
  isOn = on;
  if (!on) hush();
}

export function hush() {
  window.speechSynthesis?.cancel();
}

export function readAloud(line) {
  const synthesis = window.speechSynthesis;
  if (!isOn || !synthesis || line.kind !== "say") return;
  const language = htmlLanguage(line.language);
  const voices = synthesis.getVoices();
  const fits = (wanted) => voices.find((voice) => voice.lang.replace("_", "-").startsWith(wanted));
  const spoken = new SpeechSynthesisUtterance(line.text);
  spoken.lang = language;
  spoken.voice = fits(language) ?? fits(language.split("-")[0]) ?? null;
  spoken.rate = 1.1; // about the speed by which the carrier measures its time
  synthesis.speak(spoken);
}
