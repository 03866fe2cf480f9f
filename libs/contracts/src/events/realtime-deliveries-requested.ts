import { defineInternalEvent } from '../event';
import { RealtimeDelivery } from '../messages/realtime-delivery';

/** Frames are ready for the sockets. Published after the commit that caused them, never kept in the outbox. */
export const RealtimeDeliveryRequested = defineInternalEvent('realtime_deliveries.requested', RealtimeDelivery);
