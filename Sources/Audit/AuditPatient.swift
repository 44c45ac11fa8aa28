import Primitives

/// Whom an act is about: the name that its opening tells, how the index finds it, and under what
/// the data keys of the person are kept. Personal data; never printed.
package struct AuditPatient: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    /// The name as the index has it, whatever the spelling.
    package let term: String
    /// `yyyy-mm-dd`; two of one name are two persons where it differs.
    private let birthDate: String?

    package init(_ name: String, term: String? = nil, birthDate: String? = nil) {
        self.name = name
        self.term = term ?? name
        self.birthDate = birthDate
    }

    /// By which the person's data keys are told from those of others.
    package var subject: [UInt8] { term.bytes + [0] + (birthDate ?? "").bytes }

    /// The same as far as the birth day is not known.
    package var withoutBirthDate: AuditPatient { AuditPatient(name, term: term) }

    /// However the name is written.
    package static func == (one: AuditPatient, other: AuditPatient) -> Bool {
        one.subject == other.subject
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(subject) }

    package var description: String { "AuditPatient" }
}

/// What seals the openings of entries: the key of the year, and one of each patient's own.
package struct EntryKeys: Sendable {
    let year: DataKey
    private let patients: [AuditPatient: DataKey]

    package init(year: DataKey, patients: [AuditPatient: DataKey] = [:]) {
        self.year = year
        self.patients = patients
    }

    /// What tells of the patient ends with the patient's key; who did something, and where, with
    /// the year's.
    func key(of field: CommitmentField, about patient: AuditPatient?) -> DataKey {
        guard field.isOfPatient, let patient, !patients.isEmpty else { return year }
        guard let key = patients[patient] else {
            preconditionFailure("what tells of a patient is under the patient's key")
        }
        return key
    }
}

extension CommitmentField {
    /// Whether the value ends with what is kept of the patient.
    package var isOfPatient: Bool {
        switch self {
        case .patient, .consent, .details, .object: true
        case .actorName, .actorRole, .desk, .peer, .network: false
        }
    }
}

extension IndexKind {
    /// Whether the tag ends with what is kept of the patient.
    package var isOfPatient: Bool { self == .patient || self == .message }
}
