import Primitives
import Testing

@testable import renkei

/// Lines about what is awaited, what came back, versions, add-ons and desks.
@Suite struct BookWordsTests {
    private let words = Words(language: .japanese, names: ["m1": "架空記念病院"])

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test func `an overdue answer comes with the telephone number`() throws {
        let item: JSON = [
            "messageId": "01a1", "direction": "awaited", "peer": "m1", "kind": "reply",
            "due": "2026-11-24T14:59:59.000Z", "sheetType": "careLiaison",
            "telephone": "06-0000-1001",
        ]
        let before = try time("2026-11-24T14:59:59.000Z")
        #expect(
            words.waiting(item, now: before)
                == "01a1  期限 2026-11-24 23:59:59 JST  返信  医療・介護連携シート  架空記念病院 (m1)"
        )
        #expect(
            words.waiting(item, now: before.adding(.seconds(1)))
                == "01a1  期限切れ 2026-11-24 23:59:59 JST  返信  医療・介護連携シート  "
                + "架空記念病院 (m1)  電話 06-0000-1001"
        )
        let owed: JSON = [
            "messageId": "01a1", "direction": "owed", "peer": "m1", "kind": "discharge",
            "desk": "病棟",
        ]
        #expect(
            words.waiting(owed, now: before)
                == "01a1  期限なし  退院の連絡  架空記念病院 (m1)  担当窓口 病棟"
        )
    }

    @Test func `a sheet that came back is flagged, with what to do`() throws {
        let json: JSON = [
            "newest": "02b2",
            "returned": [
                [
                    "by": "m1", "reason": "wrongPatient", "handling": "閉じました。",
                    "telephone": "06-0000-1001",
                ]
            ],
        ]
        let lines = words.tracked(json, now: try time("2026-11-24T14:59:59.000Z"))
        #expect(lines[0] == "旧版です。新しい版は 02b2 です。")
        #expect(lines[1] == "⚑ 人違いの連絡がありました: 架空記念病院 (m1)")
        #expect(lines[2] == "  取扱い: 閉じました。")
        #expect(lines[3].contains("06-0000-1001"))
        #expect(words.version(["replacedBy": "02b2"]) == ["旧版（→ 02b2）"])
        #expect(words.version(["replaces": "01a1"]) == ["訂正版"])
        #expect(words.version([:]) == [])
    }

    @Test func `the add-on tells what is left, and then what was met`() throws {
        let tiers: JSON = [
            [
                "label": "(Ⅰ)", "units": 250, "lastDay": "2026-11-21",
                "until": "2026-11-21T15:00:00.000Z",
            ]
        ]
        let open: JSON = ["name": "入院時情報連携加算", "note": "。", "tiers": tiers]
        let now = try time("2026-11-21T09:48:00.000Z")
        #expect(
            words.addOn(open, now: now)[0]
                == "入院時情報連携加算  (Ⅰ) 250単位  2026-11-21 24:00 まで  残り 5時間12分"
        )
        #expect(
            words.addOn(open, now: now.adding(.hours(6)))[0].hasSuffix("期限を過ぎました")
        )
        for (label, word) in [("(Ⅰ)", "(Ⅰ) の期間内に到着"), (nil, "期間外に到着")] as [(String?, String)] {
            let met: JSON = [
                "name": "入院時情報連携加算", "tiers": tiers,
                "arrivals": [
                    [
                        "to": "m1", "deliveredAt": "2026-11-21T07:40:00.000Z",
                        "label": label.map { .string($0) },
                    ]
                ],
            ]
            #expect(
                words.addOn(met, now: now)[0]
                    == "入院時情報連携加算  \(word)  2026-11-21 16:40:00 JST  架空記念病院 (m1)"
            )
        }
    }

    @Test func `desks show hours, deputies and absence`() throws {
        let desk: JSON = [
            "deskId": "main", "name": "連携室", "telephone": "06-0000-2001",
            "hours": [
                ["days": ["mon", "fri"], "from": "08:30", "to": "17:15", "holidays": true]
            ],
            "careManagerHours": [
                ["days": ["wed"], "from": "13:00", "to": "14:00", "way": "telephone"]
            ],
            "deputies": [["deskId": "ward", "after": 0]],
            "absence": [
                "from": "2026-11-21", "to": "2026-11-23", "text": "学会",
                "coveredBy": ["memberId": "m1", "deskId": "ward"],
            ],
        ]
        #expect(
            words.desk(desk, today: "2026-11-23") == [
                "main  連携室  06-0000-2001", "  受付 月金 08:30–17:15（祝日も）",
                "  ケアマネタイム 水 13:00–14:00  電話", "  代わりの窓口 ward",
                "  不在 2026-11-21 – 2026-11-23 学会（代わり ward）",
            ]
        )
        #expect(words.desk(desk, today: "2026-11-24").count == 4)
        let queued: JSON = [
            "receptions": [
                [
                    "name": "架空記念病院", "desk": "連携室", "telephone": "06-0000-2001",
                    "opensAt": "2026-11-23T23:30:00.000Z",
                    "absence": ["to": "2026-11-23", "text": "学会"],
                ]
            ]
        ]
        let told = words.receptions(queued, now: try time("2026-11-21T09:48:00.000Z"))
        #expect(
            told.map { $0.text(.japanese) } == [
                "注意: 架空記念病院 連携室 は 2026-11-23 まで不在です（学会）。",
                "注意: 架空記念病院 連携室 は今は受付時間外です（次は 2026-11-24 08:30:00 JST）。急ぐときは電話 06-0000-2001。",
            ]
        )
    }

    @Test func `a member on paper is shown with its fax number`() {
        let json: JSON = [
            "memberId": "m1", "type": "clinic", "connection": "paper", "status": "active",
            "name": "幻町医院", "telephone": "06-0000-3001", "fax": "06-0000-3002",
        ]
        #expect(
            words.shown(json) == [
                "m1  診療所  紙のみ  利用中  幻町医院", "電話 06-0000-3001", "FAX 06-0000-3002",
                "紙（FAX）でのみ受け取ります。",
            ]
        )
    }
}
