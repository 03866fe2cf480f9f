import { namesOf, singular } from './names';

describe('names', () => {
  it('follow from the type of an event', () => {
    expect(namesOf('gift_cards.sold_out')).toEqual({
      type: 'gift_cards.sold_out',
      family: 'gift_cards',
      file: 'gift-cards-sold-out',
      contract: 'GiftCardSoldOut',
      sentence: 'Gift card sold out.',
      idField: 'giftCardId',
      announcement: 'announce-gift-card-sold-out',
      code: 'GIFT_CARD_SOLD_OUT',
      reaction: 'notifyWhenGiftCardSoldOut',
      controller: 'NotifyWhenGiftCardSoldOut',
      controllerFile: 'notify-when-gift-card-sold-out',
    });
  });

  it.each([
    ['invites', 'invite'],
    ['companies', 'company'],
    ['batches', 'batch'],
    ['addresses', 'address'],
    ['realtime_deliveries', 'realtime_delivery'],
  ])('%s is the plural of %s', (plural, one) => expect(singular(plural)).toBe(one));
});
