package import Primitives

// What an entry says of one desk.
extension DirectoryEntry {
    package func desk(_ id: DeskID?) -> DirectoryDesk? { desks.first { $0.deskID == id } }

    /// Whom to call about a sheet for this desk: its own number, else the member's.
    package func telephone(of desk: DeskID?) -> TelephoneNumber {
        self.desk(desk)?.telephone ?? telephone
    }
}

extension DirectoryEntry {
    /// The same entry with the next number, reviewed on `day`.
    package func following(on day: Day) -> DirectoryEntry {
        var next = DirectoryEntry(
            of: memberID,
            number: entryNumber + 1,
            telephone: telephone,
            desks: desks,
            reviewedAt: day
        )
        next.fax = fax
        next.emergencyTelephone = emergencyTelephone
        next.accepts = accepts
        next.suites = suites
        next.attachmentKinds = attachmentKinds
        next.maximumMessageBytes = maximumMessageBytes
        next.backupHospitals = backupHospitals
        next.emergencyContacts = emergencyContacts
        next.closedDays = closedDays
        next.features = features
        next.gateway = gateway
        return next
    }
}

extension DirectoryDesk {
    /// Its absence, where that covers `day`.
    package func absence(on day: Day) -> Absence? {
        guard let absence, absence.from <= day, day <= absence.to else { return nil }
        return absence
    }
}

extension Deputy {
    package init(_ deskID: DeskID, afterMinutes: Int) {
        self.deskID = deskID
        self.afterMinutes = afterMinutes
    }
}

extension DeskAddress {
    package init(_ memberID: MemberID, _ deskID: DeskID) {
        self.memberID = memberID
        self.deskID = deskID
    }
}

extension Absence {
    /// - Returns: nil for days in the wrong order or an empty text.
    package init?(_ days: (from: Day, to: Day), _ text: String, coveredBy: DeskAddress?) {
        guard days.from <= days.to, !text.isEmpty else { return nil }
        from = days.from
        to = days.to
        self.text = text
        self.coveredBy = coveredBy
    }
}

extension CareManagerHours {
    package init(_ times: OpenTimes, way: ContactWay, note: String?) {
        self.times = times
        self.way = way
        self.note = note
    }
}
