import Primitives

extension Setting {
    /// `[backup]`: where backups go, who can open them, how many stay.
    package enum Backup {
        package static let folder = text(
            ("backup", "to"),
            exchange: "/var/backups/renkei",
            gateway: "/var/backups/renkei"
        )
        /// PEM files with the certificates of those who can open them.
        package static let recipients = texts(("backup", "recipients"))
        package static let daily = integer(("backup", "daily"), 7, 1...400)
        package static let weekly = integer(("backup", "weekly"), 5, 0...400)
        package static let monthly = integer(("backup", "monthly"), 12, 0...400)
        /// How long wrapped keys are in a backup: what is erased can be read for so long.
        package static let keys = duration(
            ("retention", "key_backups"),
            Limits.keyBackups,
            .days(1)...Limits.keyBackups
        )

        static let rows: [SettingRow] = [
            folder.row, recipients.row, daily.row, weekly.row, monthly.row, keys.row,
        ]
    }
}
