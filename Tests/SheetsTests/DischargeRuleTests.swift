import Primitives
import Sheets
import TestKit
import Testing

/// Rules of 退院・退所情報記録書.
struct DischargeRuleTests {
    private static let final = "discharge-info-1"
    private static let interim = "discharge-info-2"

    @Test(arguments: days + contents + directions)
    func `a rule of the discharge sheet finds exactly what breaks it`(_ entry: RuleCase) throws {
        try entry.check()
    }

    static let days: [RuleCase] = [
        RuleCase(
            "D1 a final one has its day",
            final,
            ["/body/dischargedOn": nil],
            ["/body/dischargedOn E-REQUIRED"]
        ),
        RuleCase("D1 a final one needs no planned day", final, ["/body/dischargePlannedOn": nil]),
        RuleCase(
            "D1 an interim one has its planned day",
            interim,
            ["/body/dischargePlannedOn": nil],
            ["/body/dischargePlannedOn E-REQUIRED"]
        ),
        RuleCase(
            "D1 planned before the admission",
            interim,
            ["/body/dischargePlannedOn": "2026-02-19"],
            ["/body/dischargePlannedOn E-RULE:D1"]
        ),
        RuleCase("D1 on the same day", interim, ["/body/dischargePlannedOn": "2026-02-20"]),
        RuleCase(
            "D4 the seventh day",
            final,
            ["/body/contacts/1/on": "2026-03-13"]
        ),
        RuleCase(
            "D4 the eighth day",
            final,
            ["/body/contacts/1/on": "2026-03-14"],
            ["/body/contacts/1/on E-RULE:D4"]
        ),
        RuleCase("D4 on the day of admission", final, ["/body/contacts/0/on": "2026-02-16"]),
        RuleCase(
            "D4 before the admission",
            final,
            ["/body/contacts/0/on": "2026-02-15"],
            ["/body/contacts/0/on E-RULE:D4"]
        ),
        RuleCase(
            "D4 has no end while nobody was discharged",
            interim,
            ["/body/contacts/0/on": "2026-06-01"]
        ),
        RuleCase(
            "X9",
            final,
            ["/body/acp/acpDiscussedOn": "2026-03-07"],
            ["/body/acp/acpDiscussedOn E-RULE:X9"]
        ),
    ]

    static let contents: [RuleCase] = [
        RuleCase(
            "D2 whether the person was told is always said",
            final,
            ["/body/diseaseDisclosed": nil],
            ["/body/diseaseDisclosed E-REQUIRED"]
        ),
        RuleCase(
            "D5",
            final,
            ["/body/mobility/-": "none", "/body/nursingViews": ["none", "skin"]],
            ["/body/mobility E-RULE:X7", "/body/nursingViews E-RULE:X7"]
        ),
        RuleCase(
            "D6 who does not treat",
            final,
            ["/sender/person/role": "careManager"],
            ["/sender/person/role E-RULE:D6"]
        ),
        RuleCase("D6 a speech therapist", final, ["/sender/person/role": "st"]),
        RuleCase("D6 is for hospitals", interim, ["/sender/person/role": "chiefCareManager"]),
        RuleCase(
            "A19",
            final,
            ["/body/acp/acpDiscussion": "notDone"],
            [
                "/body/acp/acpDiscussedOn E-RULE:A19", "/body/acp/acpParticipants E-RULE:A19",
                "/body/acp/acpContent E-RULE:A19",
            ]
        ),
        RuleCase(
            "X10",
            final,
            ["/body/contraindication/has": "no"],
            ["/body/contraindication/detail E-RULE:X10"]
        ),
        RuleCase(
            "no interview at all",
            interim,
            ["/body/contacts": []],
            ["/body/contacts E-LENGTH"]
        ),
    ]

    static let directions: [RuleCase] = [
        RuleCase(
            "X1 a care manager provides nothing for the hospital",
            interim,
            ["/body/source": "hospitalProvided"],
            ["/sender/organization/type E-DIRECTION", "/sender/person/role E-RULE:D6"]
        ),
        RuleCase(
            "X1 a hospital records nothing for the care manager",
            final,
            ["/body/source": "careManagerRecorded"],
            ["/sender/organization/type E-DIRECTION"]
        ),
        RuleCase(
            "X1 without a source only that is missing",
            final,
            ["/body/source": nil],
            ["/body/source E-REQUIRED"]
        ),
        RuleCase(
            "X1 a hospital tells no hospital",
            final,
            [
                "/recipients/1/organization/type": "hospital",
                "/consent/scopeOrgTypes/-": "hospital",
            ],
            ["/recipients/1/organization/type E-DIRECTION"]
        ),
        RuleCase(
            "C-2",
            final,
            ["/consent/scopePurposes": ["admission"]],
            ["/consent/scopePurposes E-CONSENT:C-2"]
        ),
    ]

    // MARK: D2

    @Test func `an undisclosed diagnosis stands on the sheet wherever staff read or print it`()
        throws
    {
        let catalogue = try SheetExamples.catalogue.get()
        let banner = "本人未告知"
        let hidden = try SheetExamples.sheet(Self.interim + ".json")
        let form = try #require(catalogue.filledForm(of: hidden))
        #expect(catalogue.staffOnlyBanners(of: hidden) == [banner] && form.banner == banner)
        #expect(form.rows.first?.cells.map(\.text) == [banner])
        #expect(catalogue.text(of: hidden).first == banner)
        #expect(catalogue.keyPoints(of: hidden).flags == [banner])
        let told = try SheetExamples.sheet(Self.final + ".json")
        #expect(catalogue.staffOnlyBanners(of: told).isEmpty)
        #expect(!catalogue.text(of: told).contains { $0.contains(banner) })
        #expect(catalogue.keyPoints(of: told).flags.isEmpty)
    }

    @Test func `an undisclosed diagnosis is on no fax`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let hidden = try SheetExamples.sheet(Self.interim + ".json")
        #expect(catalogue.faxForm(of: hidden) == nil)
        #expect(catalogue.faxForm(of: try SheetExamples.sheet(Self.final + ".json")) != nil)
    }

    @Test func `an undisclosed diagnosis is in no copy for the person`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let hidden = try SheetExamples.sheet(Self.interim + ".json")
        let held = catalogue.heldParts(of: hidden)
        #expect(
            held.map { "\($0)" } == [
                "HeldPart(, special)", "HeldPart(/body/acceptanceFamily, thirdParty)",
            ]
        )
        #expect(catalogue.filledForm(of: hidden, without: held) == nil)
        let told = try SheetExamples.sheet(Self.final + ".json")
        let copy = catalogue.filledForm(of: told, without: catalogue.heldParts(of: told))
        let text = try #require(copy).rows.flatMap(\.cells).map(\.text).joined()
        #expect(text.contains("住み慣れた自宅") && !text.contains("夜間だけでも見守り"))
    }

    // MARK: D3

    /// Whether each interview was a conference, and what is shown.
    @Test(arguments: [
        ([false], "(Ⅰ)イ 450"), ([true], "(Ⅰ)ロ 600"), ([false, false], "(Ⅱ)イ 600"),
        ([false, true], "(Ⅱ)ロ 750"), ([false, false, false], "(Ⅱ)イ 600"),
        ([true, false, false], "(Ⅲ) 900"),
    ])
    func `interviews show which add-on they make`(conferences: [Bool], tier: String) throws {
        let catalogue = try SheetExamples.catalogue.get()
        let rows = conferences.map { conference -> JSON in
            [
                "on": "2026-03-01", "profession": "nurse", "name": "灘 さやか",
                "conference": .bool(conference),
            ]
        }
        let json = try SheetExamples.example(Self.final + ".json").json
            .editing(["body", "contacts"], .array(rows))
        func lines(_ json: JSON) throws -> [String] {
            let sheet = try #require(catalogue.stored(json.canonicalBytes))
            let points = catalogue.keyPoints(of: sheet).points
            return points.first { $0.label == "退院・退所加算" }?.lines ?? []
        }
        let shown = try lines(json)
        #expect(shown.count == 2 && shown[0].hasPrefix(tier), "\(shown)")
        // It is one of care managers: where none has a part in it, nothing is shown.
        let office: [String] = ["recipients", "0", "organization", "type"]
        #expect(try lines(json.editing(office[...], "pharmacy")).isEmpty)
    }

    // MARK: The answer to an admission

    @Test func `it is the word of the discharge that an admission waits for`() throws {
        let catalogue = try SheetExamples.catalogue.get()
        let admission = try SheetExamples.sheet("admission-info-1.json")
        let told = try SheetExamples.sheet(Self.final + ".json")
        #expect(told.threadID == admission.threadID)
        #expect(catalogue.ends(.discharge, of: admission, told))
        let received = try SheetExamples.sheet("admission-ack-1.json")
        #expect(!catalogue.ends(.discharge, of: admission, received))
    }
}
