import Consent
import Primitives
import Testing

/// When a consent and a sheet are about one person.
struct PatientReferenceTests {
    struct Row: Sendable {
        let note: String
        let isSame: Bool
        let mine: JSON
        let theirs: JSON
    }

    static let rows: [Row] = [
        Row(
            note: "the insured number decides, whatever the name",
            isSame: true,
            mine: ["fullName": "髙﨑 𠮷之助", "insuredNumber": "9900000088"],
            theirs: ["fullName": "山田 太郎", "insuredNumber": "9900000088"]
        ),
        Row(
            note: "another insured number is another person",
            isSame: false,
            mine: ["fullName": "髙﨑 𠮷之助", "insuredNumber": "9900000088"],
            theirs: ["fullName": "髙﨑 𠮷之助", "insuredNumber": "9900000089"]
        ),
        Row(
            note: "variant characters and blanks are no other person",
            isSame: true,
            mine: ["fullName": "髙﨑 𠮷之助", "birthDate": "1937-05-03"],
            theirs: ["fullName": "高崎　吉之助", "birthDate": "1937-05-03"]
        ),
        Row(
            note: "the reading decides over the name",
            isSame: true,
            mine: ["fullName": "渡邊 ハナ", "fullNameKana": "ワタナベ ハナ"],
            theirs: ["fullName": "渡部 ハナ", "fullNameKana": "ﾜﾀﾅﾍﾞ ﾊﾅ"]
        ),
        Row(
            note: "another reading is another person",
            isSame: false,
            mine: ["fullName": "渡邊 ハナ", "fullNameKana": "ワタナベ ハナ"],
            theirs: ["fullName": "渡邊 ハナ", "fullNameKana": "ワタベ ハナ"]
        ),
        Row(
            note: "another birth day is another person",
            isSame: false,
            mine: ["fullName": "佐藤 つる", "birthDate": "1940-11-30"],
            theirs: ["fullName": "佐藤 つる", "birthDate": "1941-11-30"]
        ),
        Row(
            note: "a birth day that one does not know parts nobody",
            isSame: true,
            mine: ["fullName": "佐藤 つる", "birthDate": "1940-11-30"],
            theirs: ["fullName": "佐藤 つる"]
        ),
        Row(
            note: "a name and a reading alone say nothing",
            isSame: false,
            mine: ["fullName": "佐藤 つる"],
            theirs: ["fullNameKana": "サトウ ツル"]
        ),
    ]

    @Test(arguments: rows.indices)
    func `one person is told from another`(index: Int) throws {
        let row = Self.rows[index]
        let mine = try #require(PatientReference(ofPatient: row.mine))
        let theirs = try #require(PatientReference(ofPatient: row.theirs))
        #expect(mine.isSame(as: theirs) == row.isSame, "\(row.note)")
        #expect(theirs.isSame(as: mine) == row.isSame, "\(row.note)")
        #expect("\(mine)" == "PatientReference")
    }

    @Test func `who has no name is nobody`() {
        #expect(PatientReference(ofPatient: nil) == nil)
        #expect(PatientReference(ofPatient: ["birthDate": "1940-11-30"]) == nil)
    }
}
