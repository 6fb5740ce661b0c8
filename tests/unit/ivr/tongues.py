"""What seven languages say, word for word, and helpers to ask them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ivr import speech
from ivr.prompts import prompts
from ivr.speech import Channel, Count, Digits, Key, Moment, Phone, Unit
from ivr.state import Dwelling
from tests.unit.ivr.talk import NUMBER

NOW = datetime(2027, 1, 4, 4, 0, tzinfo=UTC)  # Monday 12:00 in Taipei
ALL = ("zh-TW", "yue", "en", "zh-CN", "ja", "ko", "vi", "id", "th", "fil", "es")
EYE = Channel.EYE


@dataclass(frozen=True)
class Said:
    """What one language says, word for word. `keys` are 1, star and hash; `tomorrow_read` is for the eye."""

    number: str
    home: str
    room: str
    cellar: str
    promise: str
    today: str
    tomorrow: str
    tomorrow_read: str
    weekday: str
    date: str
    visit: str
    amount: str
    keys: str
    queue: str
    minutes: str


SAID = {
    "ja": Said(
        number="お客様の受付番号は、1, 0, 0, 0, 0, 0, 1, 5です。",
        home="3号棟12階A号室",
        room="B棟302号室",
        cellar="3号棟地下1階5号室",
        promise="明日の午前9時5分までに、担当者からご連絡いたします。",
        today="本日の午後2時半",
        tomorrow="明日の午後2時",
        tomorrow_read="明日14:00",
        weekday="金曜日の午後8時15分",
        date="1月18日月曜日のお昼の12時",
        visit="明日の午後2時から午後4時",
        amount="1280台湾ドル",
        keys="1 こめじるし シャープ",
        queue="お客様の前に、3名様がお待ちです。",
        minutes="お待ち時間は、およそ1分です。",
    ),
    "ko": Said(
        number="접수 번호는 1, 0, 0, 0, 0, 0, 1, 5입니다.",
        home="3동 12층 A호",
        room="B동 302호",
        cellar="3동 지하 1층 5호",
        promise="내일 오전 9시 5분까지 담당 직원이 연락드리겠습니다.",
        today="오늘 오후 2시 반",
        tomorrow="내일 오후 2시",
        tomorrow_read="내일 14:00",
        weekday="금요일 저녁 8시 15분",
        date="1월 18일 월요일 낮 12시",
        visit="내일 오후 2시부터 오후 4시 사이",
        amount="1280 대만 달러",
        keys="1 별표 우물정자",
        queue="고객님 앞에 3명이 기다리고 있습니다.",
        minutes="예상 대기 시간은 약 1분입니다.",
    ),
    "vi": Said(
        number="Mã yêu cầu của quý khách là: 1, 0, 0, 0, 0, 0, 1, 5.",
        home="căn hộ A, tầng 12, tòa 3",
        room="căn hộ 02, tầng 3, tòa B",
        cellar="căn hộ 5, tầng hầm 1, tòa 3",
        promise="Nhân viên sẽ trả lời quý khách trước 9 giờ 5 phút sáng ngày mai.",
        today="2 giờ rưỡi chiều hôm nay",
        tomorrow="2 giờ chiều ngày mai",
        tomorrow_read="14:00 ngày mai",
        weekday="8 giờ 15 phút tối thứ Sáu",
        date="12 giờ trưa thứ Hai, ngày 18 tháng 1",
        visit="từ 2 giờ chiều đến 4 giờ chiều ngày mai",
        amount="1280 Đài tệ",
        keys="1 sao thăng",
        queue="Còn 3 người đang chờ trước quý khách.",
        minutes="Thời gian chờ khoảng 1 phút.",
    ),
    "id": Said(
        number="Nomor laporan Anda adalah: 1, 0, 0, 0, 0, 0, 1, 5.",
        home="gedung 3, lantai 12, unit A",
        room="gedung B, lantai 3, unit 02",
        cellar="gedung 3, lantai basemen 1, unit 5",
        promise="Petugas kami akan menghubungi Anda paling lambat besok pukul 9 pagi lewat 5 menit.",
        today="hari ini pukul 2 siang lewat 30 menit",
        tomorrow="besok pukul 2 siang",
        tomorrow_read="besok pukul 14.00",
        weekday="hari Jumat pukul 8 malam lewat 15 menit",
        date="hari Senin, 18 Januari, pukul 12 siang",
        visit="besok antara pukul 2 siang dan 4 sore",
        amount="1280 dolar Taiwan",
        keys="1 bintang pagar",
        queue="Ada 3 penelepon sebelum Anda.",
        minutes="Waktu tunggu sekitar 1 menit.",
    ),
    "th": Said(
        number="หมายเลขรับเรื่องของท่านคือ 1, 0, 0, 0, 0, 0, 1, 5 ค่ะ",
        home="อาคาร 3 ชั้น 12 ห้อง A",
        room="อาคาร B ชั้น 3 ห้อง 02",
        cellar="อาคาร 3 ชั้นใต้ดิน 1 ห้อง 5",
        promise="เจ้าหน้าที่จะติดต่อกลับ ไม่เกินพรุ่งนี้ เวลา 9 นาฬิกา 5 นาที ค่ะ",
        today="วันนี้ เวลา 14 นาฬิกา 30 นาที",
        tomorrow="พรุ่งนี้ เวลา 14 นาฬิกา",
        tomorrow_read="พรุ่งนี้ เวลา 14.00 น.",
        weekday="วันศุกร์ เวลา 20 นาฬิกา 15 นาที",
        date="วันจันทร์ที่ 18 มกราคม เวลา 12 นาฬิกา",
        visit="พรุ่งนี้ ระหว่างเวลา 14 นาฬิกา ถึง 16 นาฬิกา",
        amount="1280 ดอลลาร์ไต้หวัน",
        keys="1 ดอกจัน สี่เหลี่ยม",
        queue="ก่อนหน้าท่านมี 3 สายค่ะ",
        minutes="ใช้เวลารอประมาณ 1 นาทีค่ะ",
    ),
    "fil": Said(
        number="Ang ticket number po ninyo ay: 1, 0, 0, 0, 0, 0, 1, 5.",
        home="building 3, ika-12 na palapag, unit A",
        room="building B, ika-3 na palapag, unit 02",
        cellar="building 3, basement 1, unit 5",
        promise="May sasagot po sa inyo bago sumapit ang alas-nuwebe singko ng umaga bukas.",
        today="alas-dos y medya ng hapon ngayong araw",
        tomorrow="alas-dos ng hapon bukas",
        tomorrow_read="02:00 PM bukas",
        weekday="alas-otso kinse ng gabi sa Biyernes",
        date="alas-dose ng tanghali sa Lunes, ika-18 ng Enero",
        visit="sa pagitan ng alas-dos ng hapon at alas-kuwatro ng hapon bukas",
        amount="1280 dolyar ng Taiwan",
        keys="1 star pound key",
        queue="May 3 pa pong nauna sa inyo.",
        minutes="Mga 1 minuto po ang hihintayin.",
    ),
    "es": Said(
        number="Su número de aviso es: 1, 0, 0, 0, 0, 0, 1, 5.",
        home="edificio 3, planta 12, puerta A",
        room="edificio B, planta 3, puerta 02",
        cellar="edificio 3, sótano 1, puerta 5",
        promise="Le responderemos, a más tardar, mañana a las nueve y 5 de la mañana.",
        today="hoy a las dos y media de la tarde",
        tomorrow="mañana a las dos de la tarde",
        tomorrow_read="mañana a las 14:00",
        weekday="el viernes a las ocho y 15 de la tarde",
        date="el lunes 18 de enero a las doce del mediodía",
        visit="mañana entre las dos de la tarde y las cuatro de la tarde",
        amount="1280 dólares taiwaneses",
        keys="1 asterisco almohadilla",
        queue="Hay 3 llamadas antes que la suya.",
        minutes="La espera es de 1 minuto, aproximadamente.",
    ),
}
SEVEN = tuple(SAID)
in_each_language = pytest.mark.parametrize("language", SEVEN)


def at(day: int, hour: int, minute: int = 0) -> Moment:
    return Moment(taipei(day, hour, minute), NOW, "Asia/Taipei")


def taipei(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 1, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def home(building: str, floor: int, door: str) -> Unit:
    return Unit(Dwelling(1, building, floor, door))


SAMPLES: dict[str, speech.Value] = {
    "estate": "E", "category": "C", "name": "N", "link": "L", "tickets": "T", "level": "1",
    "unit": home("3", 12, "A"), "number": Digits(NUMBER), "promise": at(5, 9), "opening": at(5, 9),
    "due": at(5, 9), "phone": Phone("119"), "count": Count(3), "hash": Key("#"), "repeat": Key("#"),
}  # fmt: skip


def sentences(language: str, channel: Channel = Channel.EAR) -> dict[str, str]:
    """Every prompt of one channel in `language`, with values in it."""
    is_read = channel is EYE
    return {
        key: speech.phrase(key, {n: SAMPLES.get(n, Key("1")) for n in prompt.fields}, language, channel)
        for key, prompt in prompts().items()
        if key.startswith("sms.") == is_read
    }
