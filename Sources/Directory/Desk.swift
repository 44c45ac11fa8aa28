package import Primitives

/// A desk (窓口): a function of the member, never a person.
package struct DirectoryDesk: Record {
    package let deskID: DeskID
    package var name: String
    package var kind: Department
    package var telephone: TelephoneNumber?
    package var hours: [OfficeHours] = []
    /// ケアマネタイム: when doctors and hospitals take calls from care managers.
    package var careManagerHours: [CareManagerHours] = []
    package var appointment: Appointment?
    package var deputies: [Deputy] = []
    package var absence: Absence?

    package init(_ deskID: DeskID, name: String, kind: Department) {
        self.deskID = deskID
        self.name = name
        self.kind = kind
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        deskID = try reader.identifier("deskId")
        name = try reader.filled("name")
        kind = try reader.identifier("kind")
        telephone = try reader.optionalIdentifier("telephone")
        hours = try reader.records("hours")
        careManagerHours = try reader.records("careManagerHours")
        appointment = try reader.optionalRecord("appointment")
        deputies = try reader.records("deputies")
        absence = try reader.optionalRecord("absence")
    }

    package var json: JSON {
        [
            "deskId": .name(deskID),
            "name": .string(name),
            "kind": .name(kind),
            "telephone": telephone.map { .name($0) },
            "hours": .records(hours),
            "careManagerHours": .records(careManagerHours),
            "appointment": appointment?.json,
            "deputies": .records(deputies),
            "absence": absence?.json,
        ]
    }
}

/// One desk of one member.
package struct DeskAddress: Record {
    package let memberID: MemberID
    package let deskID: DeskID

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        memberID = try reader.identifier("memberId")
        deskID = try reader.identifier("deskId")
    }

    package var json: JSON { ["memberId": .name(memberID), "deskId": .name(deskID)] }
}

/// Who takes over when a desk stays silent.
package struct Deputy: Record {
    package let deskID: DeskID
    package let afterMinutes: Int

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        deskID = try reader.identifier("deskId")
        afterMinutes = try reader.count("after")
    }

    package var json: JSON { ["deskId": .name(deskID), "after": .count(afterMinutes)] }
}

/// A desk is away; the sender sees it before writing and after sending.
package struct Absence: Record {
    package let from: Day
    package let to: Day
    package let coveredBy: DeskAddress?
    package let text: String

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        (from, to) = try reader.days()
        coveredBy = try reader.optionalRecord("coveredBy")
        text = try reader.filled("text")
    }

    package var json: JSON {
        [
            "from": .day(from), "to": .day(to), "coveredBy": coveredBy?.json,
            "text": .string(text),
        ]
    }
}

/// 休診, 長期休暇.
package struct ClosedDays: Record {
    package let from: Day
    package let to: Day
    package let reason: String
    package let coveredBy: DeskAddress?

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        (from, to) = try reader.days()
        reason = try reader.filled("reason")
        coveredBy = try reader.optionalRecord("coveredBy")
    }

    package var json: JSON {
        [
            "from": .day(from), "to": .day(to), "reason": .string(reason),
            "coveredBy": coveredBy?.json,
        ]
    }
}

/// 後方支援病院.
package struct BackupHospital: Record {
    package let memberID: MemberID
    package let forConditions: String?
    package let agreedOn: Day

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        memberID = try reader.identifier("memberId")
        forConditions = try reader.optionalLine("forConditions")
        agreedOn = try reader.day("agreedOn")
    }

    package var json: JSON {
        [
            "memberId": .name(memberID), "forConditions": forConditions.map { .string($0) },
            "agreedOn": .day(agreedOn),
        ]
    }
}

/// Whom to call at once, by desk and time.
package struct EmergencyContact: Record {
    package let deskID: DeskID
    package let telephone: TelephoneNumber
    package let hours: [OfficeHours]

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        deskID = try reader.identifier("deskId")
        telephone = try reader.identifier("telephone")
        hours = try reader.records("hours")
    }

    package var json: JSON {
        ["deskId": .name(deskID), "telephone": .name(telephone), "hours": .records(hours)]
    }
}

extension ObjectReader {
    /// A span of calendar days, `from` not after `to`.
    fileprivate mutating func days() throws(DecodingRefusal) -> (from: Day, to: Day) {
        let from = try day("from")
        let to = try day("to")
        guard from <= to else { throw refusal(.badForm, "to") }
        return (from, to)
    }
}
