"""Unlimited texts in the manner of the AI Hub 605 sheets: a text is a function of (seed, index).

A sheet has place names, invented names of people, coined words, acronyms, emoticons and numbers;
so a kind is drawn by weight, then the text is put together from lists written for this project.
Rare syllables come in through `_coined`, which takes any of KS X 1001.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

import assets
from crnn.data.words import EVERYDAY, PLACES
from crnn.rng import rng

MAX_CHARACTERS = 10
"""No text is longer."""
RARE = 0.13
"""Share of the texts in `text_of_sheet` that are put together letter by letter."""
DISTRICTS = 0.2
"""Share of them that are names of districts that there are."""
TODAY = 0.07
"""Share of them that are coinages of these years, or words as they stand in sentences."""


def text_at(seed: int, index: int) -> str:
    """The text at this address: 1 to MAX_CHARACTERS characters, syllables, lone jamo and ASCII."""
    return _any(rng(seed, index, "text"))


def text_of_sheet(seed: int, index: int) -> str:
    """As `text_at`, but RARE of the texts are put together letter by letter, so that every
    initial, vowel and final comes often in every place, whatever the words of a language are like;
    DISTRICTS of them are places of the whole country, of which sheets are full; TODAY of
    them what people say today.
    """
    chance = rng(seed, index, "sheet text")
    draw = chance.random()
    if draw < RARE:
        return _spelt(chance)
    if draw < RARE + DISTRICTS:
        return _pick(chance, listed("districts"))
    if draw < RARE + DISTRICTS + TODAY:
        return _pick(chance, listed("today"))
    return text_at(seed, index)


def language(count: int, seed: int = 0) -> tuple[str, ...]:
    """Texts to count letters in: `count` as `text_at` draws them, and every word listed."""
    chance = rng(seed, 0, "language")
    return (*(_any(chance) for _ in range(count)), *listed("districts"), *listed("today"))


def _any(chance: np.random.Generator) -> str:
    draw = chance.random()
    for share, kind in _KINDS:
        draw -= share
        if draw < 0:
            return kind(chance)
    return _everyday(chance)


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_SURNAMES = tuple(
    "김김김이이이박박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구나민"
    "진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
_GIVEN = tuple(
    "가건경계광규균근금기나남노다단달담대덕도동두라람래려련령로룡루류리린림마만명모목무문미민"
    "바백별범병보복봄봉빈빛사산상새샘서석선설섭성세소솔송수숙순슬승시식신심아안애양언연열영예"
    "오옥온완용우욱운웅원월유윤율은을음의이익인일임자작재전정제조종주준중지진찬창채천철청초춘"
    "치태택판평표하학한해향헌혁현형혜호홍화환회효훈휘흔희힘람결겸교권단든률벼솜찬"
)
_STEMS = _split(
    """
    가람 강변 개운 거북 검단 고운 곡선 관음 광덕 교동 구암 국화 군자 금호 기린 길음 꽃뫼 나루
    낙원 남산 내곡 노을 논현 느티 다솔 달빛 당산 대청 덕산 도림 돌곶 동백 두물 들꽃 등촌 마루
    만덕 망월 매화 면목 명륜 모란 목련 무학 문래 물레 미산 반송 방화 배꽃 백운 버들 범어 벽진
    별내 병점 보문 복현 봉천 북성 불광 비봉 사직 산본 삼락 상계 새말 서원 석촌 선유 성북 세교
    소사 솔밭 송정 수락 숭의 신월 쌍문 아라 안골 압량 약수 양지 여의 연지 영화 예원 오류 옥련
    온천 왕길 용두 우산 운암 원미 월곡 유천 율하 은행 이화 인덕 일산 임곡 자양 작전 잠실 장미
    재송 전하 정릉 제물 조원 좌동 주안 죽전 중계 지곡 진잠 차암 창신 천호 청담 초읍 춘의 칠성
    쾌법 탄현 태평 통진 판암 팔달 평내 풍덕 하단 학익 한솔 합정 행신 향남 현저 호계 홍은 화곡
    황금 회현 효자 후평 흑석 희망 갈매 값진 곧은 꿈터 넓은 닭섬 맑은 밝은 붉은 솟대 숯골 얕은
    엮길 옻샘 읍내 젊음 짙은 찻골 콩밭 텃골 팥배 햇살 흙담
    """
)
_ENDINGS = _split("시 군 구 동 동 동 면 면 읍 리 리 로 길 역 산 천 교 섬 항 촌 골 재 들 못 숲")
_LOANS = _split(
    """
    카페 케이크 피자 스파게티 소파 커튼 텐트 캠핑 헬멧 재킷 셔츠 벨트 스웨터 넥타이 프린터 모니터
    키보드 마우스 노트북 스피커 이어폰 배터리 콘센트 스위치 플러그 렌즈 필름 앨범 콘서트 오페라
    뮤지컬 발레 재즈 록밴드 피아노 바이올린 첼로 플루트 드럼 기타 골프 테니스 배드민턴 볼링 스키
    요가 마라톤 트랙 코치 팀워크 리그 챔피언 월드컵 올림픽 메달 퀴즈 게임 퍼즐 로봇 드론 레이저
    에너지 플라스틱 알루미늄 비타민 칼슘 단백질 바이러스 백신 알레르기 스트레스 다이어트 샐러드
    소시지 햄버거 샌드위치 요구르트 버터 치즈 크림 쿠키 도넛 와플 젤리 망고 파인애플 키위 레몬
    토마토 브로콜리 샴푸 린스 로션 립스틱 향수 휠체어 엘리베이터 에스컬레이터 빌딩 아파트 원룸
    오피스텔 마트 쇼핑몰 브랜드 세일 쿠폰 포인트 카드 현금 뉴스 인터뷰 다큐멘터리 애니메이션
    유튜브 블로그 댓글 팔로우 쿵쾅 쨍그랑 뻐꾹 찰싹 훌쩍 꽥꽥 삐약 쌩쌩 퐁당 휙휙 쩝쩝 꿀꺽
    """
)
_ENDED = _split(
    """
    값이 넋을 몫으로 앉아서 많은 않는 읽고 닭이 삶은 젊음 넓게 여덟이 핥다가 읊조려 잃은 없어서
    없었던 있습니다 했었지 갔을까 됐어요 뵀던 쐈다 꽜지 깎아요 섞인 겪었다 엮은 볶음 닦고 밖에서
    같은 끝까지 밭을 솥뚜껑 꽃잎 빛나는 쫓아 낯선 숯불 부엌에 녘에 앞으로 숲속 깊은 높이 덮개
    짚신 좋은 놓고 쌓인 닿으면 낳았다 뺏긴 찢어진 웬일 왠지 괜히 꿰매다 휘청 쉬엄쉬엄 뒤뜰 귀뚜라미
    의의 희한한 띄엄띄엄 늬우스 얘기 걔네 쟤는 예외 계획 폐교 혜택 셰프 체계 궤도 훼손 췌장 쇄골
    돼지 왜냐하면 외출 최초 죄책감 괴물 꾀꼬리 뇌우 회오리 쾌청 횃불 돗자리 맷돌 젓가락 뱃고동
    윷놀이 엊그제 낱말 홑이불 겉옷 헝겊 무릎 늪지대 잎사귀 헛기침 곳곳 붓끝 묶음 낚시 꺾쇠
    """
)
_PARTICLES = _split(
    """
    을 를 은 는 이 가 의 에 로 으로 과 와 도 만 까지 부터 에서 에게 한테 처럼 보다 마다 이나 라고
    입니다 이다 했다 한다 하는 하고 해서 할 한 된다 되는 되어 적으로 적인 들이 들은 들을 이라는 에는
    """
)
_UNITS = _split("kg g cm m km mL L % 원 개 명 시 분 초 년 월 일 층 호 번 권 장 살 회 도 평 쪽")
_ACRONYMS = _split(
    """
    KTX SRT IC GPS LED USB TV PC AI IT CD DVD FM AM PM OK VIP UFO SOS DNA CPU GPU RAM SSD HDD LAN
    WiFi SNS CEO PDF JPG PNG MP3 A4 B5 UN EU WHO FTA GDP ATM PIN QR NFC 4G 5G MRI CT SUV RGB HTML
    CSS API SQL BBC NBA FIFA IOC NASA UNESCO OECD APEC NATO ISO KS
    """
)
_MOODS = _split(
    """
    ^_^ ^^ ^0^ ^o^ T_T ㅠㅠ ㅜㅜ ㅠ_ㅠ ㅜ_ㅜ ㅇ_ㅇ ㅇㅅㅇ ㅇㅂㅇ ㅋㅋ ㅋㅋㅋ ㅎㅎ ㅎㅎㅎ ㅎ_ㅎ -_-
    -_-; =_= >_< >.< :) :( :D ;) :-) :P o_o O_O @_@ *^^* (^_^) (-_-) (ㅇㅂㅇ) ~ㅇㅂㅇ~
    ㅡ_ㅡ ㅡㅡ; ㅂ_ㅂ ㅅ_ㅅ ㄴㄴ ㅇㅇ
    ㄱㄱ ㅇㅋ ㄱㅅ ㅊㅋ d-_-b \\^o^/ <3 !? !! ^_~ (~_~)
    """
)


@lru_cache(maxsize=2)
def listed(name: str) -> tuple[str, ...]:
    """A list of assets/texts: `districts`, the provinces, cities, counties, towns and quarters of
    Korea as its public register has them, or `today`, coinages and words as sentences have them."""
    return _split(assets.path("texts", f"{name}.txt").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def syllables() -> tuple[str, ...]:
    """The 2,350 syllables of KS X 1001, which Python's own euc_kr codec lists."""
    codes = [bytes((lead, trail)) for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)]
    return tuple(code.decode("euc_kr") for code in codes)


def _pick(chance: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(chance.integers(len(words)))]


def _person(chance: np.random.Generator) -> str:
    short = chance.random() < 0.08
    given = "".join(_pick(chance, _GIVEN) for _ in range(1 if short else 2))
    return _pick(chance, _SURNAMES) + given


def _place(chance: np.random.Generator) -> str:
    draw = chance.random()
    if draw < 0.35:
        return _pick(chance, PLACES)
    number = str(int(chance.integers(1, 9))) + "가" if draw < 0.42 else ""
    return (
        _pick(chance, _STEMS)
        + (_pick(chance, ("동", "로")) if number else "")
        + (number or _pick(chance, _ENDINGS))
    )


def _everyday(chance: np.random.Generator) -> str:
    return _pick(chance, EVERYDAY)


def _loan(chance: np.random.Generator) -> str:
    return _pick(chance, _LOANS)


def _ended(chance: np.random.Generator) -> str:
    return _pick(chance, _ENDED)


def _coined(chance: np.random.Generator) -> str:
    """Any syllables at all: nothing here can be guessed from the word."""
    count = int(chance.choice((1, 2, 2, 3, 3, 4)))
    return "".join(_pick(chance, syllables()) for _ in range(count))


def _spelt(chance: np.random.Generator) -> str:
    """1 to 3 syllables of any letters, most of them with a final, each letter as likely."""
    count = int(chance.choice((1, 1, 1, 2, 2, 3)))
    return "".join(
        chr(
            ord("가")
            + 588 * int(chance.integers(19))
            + 28 * int(chance.integers(21))
            + (int(chance.integers(1, 28)) if chance.random() < 0.7 else 0)
        )
        for _ in range(count)
    )


def _number(chance: np.random.Generator) -> str:
    draw, value = chance.random(), int(10 ** chance.uniform(0.3, 6))
    if draw < 0.3:
        return f"{value:06d}"
    if draw < 0.65:
        return f"{value % 10000}{_pick(chance, _UNITS)}"
    if draw < 0.75:
        return f"{value:,}"
    if draw < 0.85:
        return f"{value % 100}.{chance.integers(100)}"
    if draw < 0.93:
        return f"{chance.integers(1, 13)}월{chance.integers(1, 29)}일"
    return f"010-{chance.integers(10000):04d}"


def _acronym(chance: np.random.Generator) -> str:
    if chance.random() < 0.6:
        return _pick(chance, _ACRONYMS)
    letters = chance.integers(0, 26, int(chance.integers(2, 5))) + ord("A")
    text = "".join(map(chr, letters.tolist()))
    return text.lower() if chance.random() < 0.4 else text


def _mood(chance: np.random.Generator) -> str:
    return _pick(chance, _MOODS)


def _inflected(chance: np.random.Generator) -> str:
    """A noun and what stands behind it in a sentence; the noun may be any two syllables."""
    known = chance.random() < 0.6
    noun = _pick(chance, EVERYDAY) if known else _common(chance, 2)
    return (noun + _pick(chance, _PARTICLES))[:MAX_CHARACTERS]


def _mixed(chance: np.random.Generator) -> str:
    """Frequent syllables in no known order."""
    return _common(chance, int(chance.choice((1, 2, 3, 3, 4, 5))))


def _common(chance: np.random.Generator, count: int) -> str:
    return "".join(_pick(chance, _frequent()) for _ in range(count))


@lru_cache(maxsize=1)
def _frequent() -> tuple[str, ...]:
    """Every syllable of the lists, as often as they have it."""
    words = (*PLACES, *EVERYDAY, *_STEMS, *_LOANS, *_ENDED, *_PARTICLES)
    return tuple(c for word in words for c in word if "가" <= c <= "힣")


def _punctuated(chance: np.random.Generator) -> str:
    word = _pick(chance, EVERYDAY + _ENDED)
    if chance.random() < 0.25:
        return f"({word})" if chance.random() < 0.5 else f'"{word}"'
    return word + _pick(chance, tuple(".,!?.,:;~"))


_KINDS: tuple[tuple[float, Callable[[np.random.Generator], str]], ...] = (
    (0.20, _place),
    (0.16, _person),
    (0.09, _everyday),
    (0.06, _loan),
    (0.06, _ended),
    (0.09, _inflected),
    (0.08, _mixed),
    (0.13, _coined),
    (0.05, _number),
    (0.03, _acronym),
    (0.02, _mood),
    (0.03, _punctuated),
)
"""Shares of the kinds, 1 in all."""
