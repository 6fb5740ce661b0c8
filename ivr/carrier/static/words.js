// The page's own words. What a caller hears comes from the product and is never translated here.

const EN = {
  skip: "Skip to the phone", title: "Phone",
  subtitle: "A telephone network on this computer alone: ring the hotline, be everybody who answers.",
  sound: "Read aloud", lost: "The carrier does not answer. Trying again…",
  mine: "Resident’s phone", who: "Who is calling", from: "From", to: "Calls", call: "Call",
  another: "Another number", withheld: "Number withheld", unknownLanguage: "never asked",
  others: "Other phones", add: "Put on the table", choose: "choose…", texts: "Text messages",
  write: "Text to the hotline", send: "Send", noTexts: "No texts yet. Ticket numbers arrive here.",
  alerts: "Twilio would refuse", answer: "Answer", reject: "Reject", say: "Say", sayHint: "What you say",
  hold: "Hold to speak", hangup: "Hang up", whenRung: "When it rings",
  habitHand: "wait for me", habitAnswers: "answers", habitVoicemail: "voicemail", habitBusy: "busy",
  habitUnreachable: "unreachable", duty: "on duty", toMe: "to", key: "Key",
  idle: "Idle", queued: "Queued", ringing: "Ringing", hearing: "Listen", pausing: "Listen",
  gathering: "Your turn", listening: "Heard you", recording: "Recording", dialling: "Being connected",
  talking: "Connected", waiting: "Waiting", fetching: "…", ended: "Call over", connecting: "Connecting",
  beep: "beep", "hold music": "music while you wait", silence: "silence", "busy tone": "busy tone",
  empty: "Nothing heard yet.",
  status: { completed: "Call over", busy: "Busy", "no-answer": "No answer", failed: "Failed", canceled: "Stopped ringing" },
  roles: { agent: "Agent", lead: "Duty lead", supervisor: "Supervisor", manager: "Manager", security: "Control room",
           admin: "Administrator", director: "Director" },
};

const ZH = {
  skip: "跳到電話", title: "電話",
  subtitle: "只在這台電腦上的電話網：撥打服務專線，也扮演每一位接聽的人。",
  sound: "朗讀", lost: "電話網沒有回應，正在重試…",
  mine: "住戶的電話", who: "來電人", from: "來電號碼", to: "撥打", call: "撥號",
  another: "其他號碼", withheld: "不顯示號碼", unknownLanguage: "尚未選語言",
  others: "其他電話", add: "放上桌面", choose: "請選擇…", texts: "簡訊",
  write: "傳簡訊給服務專線", send: "傳送", noTexts: "還沒有簡訊。工單編號會傳到這裡。",
  alerts: "Twilio 會拒絕", answer: "接聽", reject: "拒接", say: "說", sayHint: "您說的話",
  hold: "按住說話", hangup: "掛斷", whenRung: "響鈴時",
  habitHand: "等我操作", habitAnswers: "自動接聽", habitVoicemail: "語音信箱", habitBusy: "忙線",
  habitUnreachable: "無法接通", duty: "值班中", toMe: "給", key: "按鍵",
  idle: "閒置", queued: "等候撥出", ringing: "響鈴中", hearing: "請聽", pausing: "請聽",
  gathering: "輪到您", listening: "已聽到", recording: "錄音中", dialling: "轉接中",
  talking: "通話中", waiting: "等候中", fetching: "…", ended: "已結束", connecting: "接通中",
  beep: "嗶聲", "hold music": "等候音樂", silence: "靜音", "busy tone": "忙線音",
  empty: "還沒有聲音。",
  status: { completed: "已結束", busy: "忙線", "no-answer": "無人接聽", failed: "無法接通", canceled: "已停止響鈴" },
  roles: { agent: "客服人員", lead: "領班", supervisor: "客服主管", manager: "經理", security: "保安監控室",
           admin: "系統管理員", director: "總監" },
};

let current = EN;

export const isChinese = () => current === ZH;

export function speakPage(chinese) {
  current = chinese ? ZH : EN;
  document.documentElement.lang = chinese ? "zh-TW" : "en";
  document.title = `${current.title} · Hotline`;
  translate(document);
}

export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = current[node.dataset.t];
  for (const node of root.querySelectorAll("[data-t-placeholder]")) node.placeholder = current[node.dataset.tPlaceholder];
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", current[node.dataset.tLabel]);
}

export const word = (key) => current[key] ?? key;
export const status = (key) => current.status[key] ?? key;
export const role = (key) => current.roles[key] ?? key;
