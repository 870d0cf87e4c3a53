//! Payment at the station (block C of 2.1): settlements, payment by web page, VAT numbers. Since 2.1.

use super::types::{GenericStatus, StatusInfo};
use crate::num::Decimal;
use crate::text::{CiStr, Str};
use crate::time::{DateTime, Utc};

messages! {
    /// A payment was settled, or was to be.
    ///
    /// Since 2.1.
    class NotifySettlementRequest<'a> {
        /// The transaction; absent if the payment was given up before it began.
        "transactionId" transaction_id: Option<CiStr<'a, 36>>,
        /// Reference of the payment, which also is the identifier of the transaction.
        "pspRef" psp_ref: Str<'a, 255>,
        /// What comes of it.
        "status" status: PaymentStatus,
        /// More about the status.
        "statusInfo" status_info: Option<Str<'a, 500>>,
        /// The sum.
        "settlementAmount" settlement_amount: Decimal,
        /// When.
        "settlementTime" settlement_time: DateTime<Utc>,
        /// Id of the receipt.
        "receiptId" receipt_id: Option<Str<'a, 50>>,
        /// URL of the receipt.
        "receiptUrl" receipt_url: Option<Str<'a, 2000>>,
        /// The company the receipt is for.
        "vatCompany" vat_company: Option<Address<'a>>,
        /// Its VAT number.
        "vatNumber" vat_number: Option<Str<'a, 20>>,
    }

    /// What became of a payment.
    ///
    /// Since 2.1.
    enum PaymentStatus {
        "Settled" => Settled,
        "Canceled" => Canceled,
        "Rejected" => Rejected,
        "Failed" => Failed,
    }

    /// An address.
    ///
    /// Since 2.1.
    class Address<'a> {
        /// Name of the person or company.
        "name" name: Str<'a, 50>,
        /// First line.
        "address1" address1: Str<'a, 100>,
        /// Second line.
        "address2" address2: Option<Str<'a, 100>>,
        /// City.
        "city" city: Str<'a, 100>,
        /// Postal code.
        "postalCode" postal_code: Option<Str<'a, 20>>,
        /// Country.
        "country" country: Str<'a, 50>,
    }

    /// Answers NotifySettlementRequest.
    ///
    /// Since 2.1.
    class NotifySettlementResponse<'a> {
        /// URL of the receipt.
        "receiptUrl" receipt_url: Option<Str<'a, 2000>>,
        /// Id of the receipt.
        "receiptId" receipt_id: Option<Str<'a, 50>>,
    }

    /// Somebody has begun to pay at a web page.
    ///
    /// Since 2.1.
    class NotifyWebPaymentStartedRequest<'a> {
        /// The EVSE, from 1 on.
        "evseId" evse_id: i64 [at_least(0)],
        /// Seconds after which nothing is to be expected any more.
        "timeout" timeout: i64,
    }

    /// Answers NotifyWebPaymentStartedRequest.
    ///
    /// Since 2.1.
    class NotifyWebPaymentStartedResponse<'a> {
    }

    /// Asks to have a VAT number checked.
    ///
    /// Since 2.1.
    class VatNumberValidationRequest<'a> {
        /// The VAT number.
        "vatNumber" vat_number: Str<'a, 20>,
        /// The EVSE the check is for.
        "evseId" evse_id: Option<i64> [at_least(0)],
    }

    /// Answers VatNumberValidationRequest.
    ///
    /// Since 2.1.
    class VatNumberValidationResponse<'a> {
        /// The company it belongs to.
        "company" company: Option<Address<'a>>,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
        /// The VAT number.
        "vatNumber" vat_number: Str<'a, 20>,
        /// The EVSE the check is for.
        "evseId" evse_id: Option<i64> [at_least(0)],
        /// What comes of it.
        "status" status: GenericStatus,
    }
}
