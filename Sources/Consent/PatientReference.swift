import Japanese
package import Primitives

/// Whom a consent is about (`patientRef`): what an organisation and a sheet both know of a person.
package struct PatientReference: Sendable, CustomStringConvertible {
    package let fullName: String?
    package let fullNameKana: String?
    package let birthDate: Day?
    /// 被保険者番号.
    package let insuredNumber: String?

    package var description: String { "PatientReference" }

    /// Of the member `patientRef` of a record; a name or its reading is the least.
    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        var row = try reader.object("patientRef")
        fullName = try row.optionalText("fullName")
        fullNameKana = try row.optionalText("fullNameKana")
        birthDate = try row.optionalValue("birthDate", Day.init(_:))
        insuredNumber = try row.optionalText("insuredNumber")
        try row.finish()
        guard fullName != nil || fullNameKana != nil else {
            throw reader.refusal(.missingMember, "patientRef")
        }
    }

    /// Of the patient of a sheet; nil where it names nobody.
    package init?(ofPatient patient: JSON?) {
        fullName = patient?["fullName"]?.string
        fullNameKana = patient?["fullNameKana"]?.string
        birthDate = patient?["birthDate"]?.string.flatMap(Day.init(_:))
        insuredNumber = patient?["insuredNumber"]?.string
        guard fullName != nil || fullNameKana != nil else { return nil }
    }

    /// As a record has it.
    package var json: JSON {
        [
            "fullName": fullName.map { .string($0) },
            "fullNameKana": fullNameKana.map { .string($0) },
            "birthDate": birthDate.map { .string($0.description) },
            "insuredNumber": insuredNumber.map { .string($0) },
        ]
    }

    /// The insured number decides where both have one; else the birth day, where both have one, and
    /// the reading of the name, or the name itself where one has no reading. Ways of writing a name
    /// (髙 and 高, half-width kana) make no other person.
    package func isSame(as other: PatientReference) -> Bool {
        if let mine = insuredNumber, let theirs = other.insuredNumber {
            return mine.hasSameBytes(as: theirs)
        }
        if let mine = birthDate, let theirs = other.birthDate, mine != theirs { return false }
        if let mine = fullNameKana, let theirs = other.fullNameKana {
            return Self.isSame(mine, theirs)
        }
        guard let mine = fullName, let theirs = other.fullName else { return false }
        return Self.isSame(mine, theirs)
    }

    private static func isSame(_ mine: String, _ theirs: String) -> Bool {
        let folded = [mine, theirs].map { name in
            SearchText.withoutBlanks(name)
        }
        return folded[0].hasSameBytes(as: folded[1])
    }
}
