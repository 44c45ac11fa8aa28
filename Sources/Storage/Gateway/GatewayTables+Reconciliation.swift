import Directory
import Primitives

/// Days and peers.
extension GatewayTables {
    func storeReconciliation(_ fact: GatewayUpkeep) throws(StoreError) {
        switch fact {
        case .exchanged(let row):
            try connection.run(
                "INSERT OR IGNORE INTO exchanged VALUES (?1, ?2, ?3, ?4)",
                row.day,
                row.peer,
                row.direction,
                row.message
            )
        case .reconciliation(let row):
            try connection.run(
                "INSERT OR REPLACE INTO reconciliation VALUES (?1, ?2, ?3, ?4, ?5)",
                row.day,
                row.peer,
                row.told,
                row.heard,
                row.outcome
            )
        case .dropReconciled(let day):
            for table in ["exchanged", "reconciliation"] {
                try connection.run("DELETE FROM \(table) WHERE day < ?1", day)
            }
        default: preconditionFailure("stored by its own table")
        }
    }
}

extension GatewaySnapshot {
    func exchanged(
        on day: Day,
        with peer: MemberID
    ) throws(StoreError) -> [ExchangedRow] {
        try connection.rows(
            """
            SELECT direction, messageId FROM exchanged WHERE day = ?1 AND peer = ?2
            ORDER BY direction, messageId
            """,
            day,
            peer
        ) { row throws(StoreError) in
            ExchangedRow(day: day, peer: peer, direction: try row[0], message: try row[1])
        }
    }

    func reconciliation(
        of day: Day,
        with peer: MemberID
    ) throws(StoreError) -> ReconciliationRow? {
        try connection.row(
            "SELECT \(Self.said) WHERE day = ?1 AND peer = ?2",
            day,
            peer,
            make: Self.said
        )
    }

    func waitingDays(_ days: ClosedRange<Day>) throws(StoreError) -> [ReconciliationRow] {
        try connection.rows(
            """
            SELECT \(Self.said) WHERE outcome IS NULL AND (told IS NULL OR heard IS NOT NULL)
                AND day BETWEEN ?1 AND ?2
            UNION ALL SELECT DISTINCT day, peer, NULL, NULL, NULL FROM exchanged
            WHERE day BETWEEN ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM reconciliation
                WHERE reconciliation.day = exchanged.day AND reconciliation.peer = exchanged.peer)
            ORDER BY 1, 2
            """,
            days.lowerBound,
            days.upperBound,
            make: Self.said
        )
    }

    func differingDays() throws(StoreError) -> [ReconciliationRow] {
        try connection.rows(
            "SELECT \(Self.said) WHERE outcome = 'differs' ORDER BY day DESC, peer",
            make: Self.said
        )
    }

    private static let said = "day, peer, told, heard, outcome FROM reconciliation"

    private static func said(_ row: Connection.Row) throws(StoreError) -> ReconciliationRow {
        var found = ReconciliationRow(day: try row[0], peer: try row[1])
        found.told = try row[2]
        found.heard = try row[3]
        found.outcome = try row[4]
        return found
    }
}

extension Day: ColumnValue {
    init?(stored: SQLValue) {
        guard let text = String(stored: stored) else { return nil }
        self.init(text)
    }
    var stored: SQLValue { .text(description) }
}

extension ReconciliationOutcome: ColumnValue {}
